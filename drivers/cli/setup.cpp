#include "drivers/cli/setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/json_text.hpp"
#include "common/memory.hpp"
#include "common/quantity.hpp"
#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

/// Every rank's value as an array, everywhere.
json share(Comm& comm, const json& mine) {
  const std::string text = serialize(mine);
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  json all = json::array();
  for (const Bytes& bytes : comm.gather({data, data + text.size()})) {
    const auto* begin = reinterpret_cast<const char*>(bytes.data());
    all.push_back(json::parse(begin, begin + bytes.size()));
  }
  const std::string joined = serialize(all);
  const auto* out = reinterpret_cast<const std::byte*>(joined.data());
  const Bytes everywhere = comm.broadcast({out, out + joined.size()});
  const auto* begin = reinterpret_cast<const char*>(everywhere.data());
  return json::parse(begin, begin + everywhere.size());
}

/// The fraction of the whole input that `rank` holds.
double held_fraction(const Options& options, int rank, int size) {
  const bool dynamic = options.distribution == Distribution::dynamic;
  const double share = 1.0 / size;
  switch (options.data) {
    case Data::scatter:
      return rank == 0 ? 1.0 : share;
    case Data::file:
      return share;
    default:
      return dynamic ? 1.0 : share;
  }
}

}  // namespace

void check_options(const Options& options, bool has_input_pieces, bool input_given) {
  if (options.overlap && options.data != Data::scatter) {
    throw Error(
        "--overlap has nothing to overlap with --data " + std::string(to_string(options.data)),
        "add --data scatter, or leave --overlap away");
  }
  if (options.overlap && options.distribution == Distribution::dynamic) {
    throw Error("--overlap pipelines fixed parts; dynamic distribution has none",
                "use --distribution block with --overlap");
  }
  if (options.rank_chunk > 0 && !options.overlap && options.distribution == Distribution::block) {
    throw Error("--rank-chunk has nothing to divide: each rank gets one block at once",
                "add --distribution dynamic, or --data scatter with --overlap");
  }
  if (options.data == Data::file && !input_given) {
    throw Error("--data file needs an input to read", "name it with --input");
  }
  if (options.data == Data::scatter && !has_input_pieces) {
    throw Error("this kernel has no input to scatter", "leave --data away");
  }
}

void check_memory(double resident_bytes, double bytes_per_rank, const Options& options,
                  Comm& comm) {
  const std::string host = host_name();
  const json hosts = share(comm, host);
  double need = 0;
  for (int rank = 0; rank < comm.size(); ++rank) {
    if (hosts.at(static_cast<std::size_t>(rank)) != host) continue;
    need += resident_bytes * held_fraction(options, rank, comm.size()) + bytes_per_rank;
  }
  together(comm, [&] {
    const auto available = available_memory_bytes();
    if (available && need > static_cast<double>(*available)) {
      throw Error(fmt::format("needs {}, {} available on {}", format_bytes(need),
                              format_bytes(static_cast<double>(*available)), host),
                  "choose a smaller size, or more nodes");
    }
  });
}

Error out_of_memory() {
  return Error("needs more memory than there is", "choose a smaller size, or more nodes");
}

void throw_first(Comm& comm, const StepEnd& mine) {
  const json all = share(comm, {{"failed", mine.failed},
                                {"while_running", mine.while_running},
                                {"what", mine.what},
                                {"hint", mine.hint}});
  for (const json& one : all) {
    if (one.at("failed").get<bool>()) {
      throw SharedError(one.at("what").get<std::string>(), one.at("hint").get<std::string>(),
                        one.at("while_running").get<bool>());
    }
  }
}

}  // namespace scalelaw::driver
