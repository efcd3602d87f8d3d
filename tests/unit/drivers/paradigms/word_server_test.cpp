#include "drivers/paradigms/word_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "drivers/paradigms/word_client.hpp"
#include "support/message.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::TaskBatch;
using paradigms::TaskKind;
using paradigms::TaskValues;

/// A small working set: 1024 words.
TaskBatch network(std::int64_t latency_us = 0) {
  return {.kind = TaskKind::network, .latency_us = latency_us, .working_set = 8192};
}

std::uint64_t sum_of(const TaskValues& values, const WordRequest& request) {
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < request.words; ++i) {
    sum += values.word((request.first + i) % values.working_set_words());
  }
  return sum;
}

TEST(WordServer, AnswersEachRequestWithItsWords) {
  const TaskBatch params = network();
  const TaskValues values(params);
  const WordServer server(params, true);
  const WordClient client(server.place());
  int attended = 0;
  for (const WordRequest request : {WordRequest{0, 1}, {1023, 3}, {5, 0}, {100, 50'000}}) {
    EXPECT_EQ(client.ask(request, {}), sum_of(values, request)) << request.words;
    EXPECT_EQ(client.ask(request, [&] { ++attended; }), sum_of(values, request));
  }
}

TEST(WordServer, ServesManyClientsAtOnce) {
  const TaskBatch params = network(200);
  const TaskValues values(params);
  const WordServer server(params, false);
  std::vector<std::thread> clients;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, i] {
      const WordClient client(server.place());
      for (int k = 0; k < 20; ++k) {
        const WordRequest request{.first = i * 100, .words = 3'000 * k};
        if (client.ask(request, {}) != sum_of(values, request)) ++wrong;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
}

TEST(WordServer, WaitsBeforeItAnswersAndLetsTheClientAttendToOthers) {
  const WordServer server(network(20'000), true);
  const WordClient client(server.place());
  int attended = 0;
  client.ask({0, 1}, [&] { ++attended; });
  EXPECT_GT(attended, 0);
}

TEST(WordServer, TurnsAwayWhoDoesNotKnowTheToken) {
  const WordServer server(network(), true);
  ServerPlace place = server.place();
  ++place.token;
  EXPECT_EQ(
      message_of([&] { WordClient client(place); }),
      "cannot reach the server of network tasks at 127.0.0.1, port " + std::to_string(place.port));
  EXPECT_EQ(message_of([&] { WordClient client(server.place()); }), "no error") << "it serves on";
}

TEST(WordServer, ListensOnTheLoopbackAloneUnlessOthersNeedIt) {
  const WordServer alone(network(), true);
  EXPECT_EQ(alone.place().addresses, std::vector<std::string>{"127.0.0.1"});
  const WordServer open(network(), false);
  EXPECT_EQ(open.place().addresses.back(), "127.0.0.1");
}

TEST(WordServer, EndsWithTheOneThatStartedIt) {
  ServerPlace place;
  {
    const WordServer server(network(), true);
    place = server.place();
    EXPECT_EQ(message_of([&] { WordClient client(place); }), "no error");
  }
  EXPECT_NE(message_of([&] { WordClient client(place); }), "no error");
}

TEST(WordClient, WhoseServerEndsFails) {
  auto server = std::make_unique<WordServer>(network(), true);
  const WordClient client(server->place());
  client.ask({0, 1}, {});
  server.reset();
  EXPECT_NE(message_of([&] {
              client.ask({0, 1}, {});
            }).find("the connection to the server"),
            std::string::npos);
}

}  // namespace
}  // namespace scalelaw::driver
