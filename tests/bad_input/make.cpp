#include "bad_input/make.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

#include "harness/store/checked_line.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/results_file.hpp"
#include "support/described.hpp"
#include "support/images.hpp"
#include "support/png.hpp"
#include "support/temporary_folder.hpp"
#include "support/valid_record.hpp"

namespace scalelaw::bad_input {
namespace {

using nlohmann::json;

/// The words of a step; the last may be everything after a blank.
struct Step {
  std::string text;
  std::vector<std::string> words;

  explicit Step(const std::string& step) : text(step) {
    std::istringstream stream(step);
    for (std::string word; stream >> word;) words.push_back(word);
  }
  [[nodiscard]] const std::string& word(std::size_t i) const {
    if (i >= words.size()) throw std::runtime_error(fmt::format("'{}' lacks a word", text));
    return words[i];
  }
  [[nodiscard]] std::int64_t number(std::size_t i) const {
    const std::string& digits = word(i);
    std::int64_t value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) {
      throw std::runtime_error(fmt::format("'{}' is not a number in '{}'", digits, text));
    }
    return value;
  }
  /// Everything from word `i` on.
  [[nodiscard]] std::string rest(std::size_t i) const {
    std::size_t at = 0;
    for (std::size_t k = 0; k < i; ++k) {
      at = text.find_first_not_of(' ', text.find(' ', at));
    }
    return at == std::string::npos ? "" : text.substr(at);
  }
};

std::string bytes_of(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// --- What is whole

std::string pnm(const Step& step) {
  const std::int64_t samples = step.number(2) * step.number(3) * (step.word(1) == "P6" ? 3 : 1) *
                               (step.number(4) > 255 ? 2 : 1);
  return fmt::format("{}\n{} {}\n{}\n", step.word(1), step.word(2), step.word(3), step.word(4)) +
         std::string(static_cast<std::size_t>(samples), 'x');
}

std::string png(const Step& step) {
  return png_of(noise_image({step.number(1), step.number(2), step.number(3)}));
}

std::string jpeg(const Step& step) {
  const auto bytes =
      encoded(noise_image({step.number(1), step.number(2), step.number(3)}), 90, Subsampling::s444);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string record(const Step&) {
  return record_text({valid_header(), valid_sample(0), valid_sample(1), valid_end(2)});
}

harness::Results three_points() {
  harness::Results out;
  out.name = "plan";
  out.config_text = "name = \"plan\"\n";
  out.seed = 3;
  out.started = "2026-01-02T03:04:05Z";
  out.environment = {{"build.revision", "abc"}};
  for (int i = 0; i < 3; ++i) {
    out.points.emplace_back().id = fmt::format("point {}", i);
    out.points.back().kernel = "dot_product";
  }
  return out;
}

std::pair<harness::Launch, harness::Sample> launch_of(std::int64_t point) {
  harness::Launch launch;
  launch.point = point;
  launch.block = point;
  harness::Sample sample;
  sample.launch = point;
  sample.total_s = static_cast<double>(point + 1);
  return {launch, sample};
}

std::string journal(const Step&) {
  const TemporaryFolder folder;
  harness::Journal journal = harness::Journal::begin(folder / "j", three_points());
  for (std::int64_t point = 0; point < 3; ++point) {
    const auto [launch, sample] = launch_of(point);
    journal.append(launch, {sample});
  }
  return bytes_of(folder / "j");
}

std::string results(const Step&) {
  const TemporaryFolder folder;
  harness::Results all = three_points();
  for (std::int64_t point = 0; point < 3; ++point) {
    const auto [launch, sample] = launch_of(point);
    all.launches.push_back(launch);
    all.samples.push_back(sample);
  }
  harness::write_results(folder / "r.h5", all);
  return bytes_of(folder / "r.h5");
}

/// Numbers are whole numbers, all other values texts.
std::string hdf5(const Step& step) {
  const TemporaryFolder folder;
  {
    harness::Hdf5File file = harness::Hdf5File::create(folder / "x.h5");
    for (std::size_t i = 1; i + 1 < step.words.size(); i += 2) {
      std::string value = step.words[i + 1];
      std::ranges::replace(value, '_', ' ');
      const bool is_number = value.find_first_not_of("0123456789") == std::string::npos;
      file.write_attribute(
          "/", step.words[i],
          is_number ? harness::Cell(std::int64_t{std::stoll(value)}) : harness::Cell(value));
    }
    file.close();
  }
  return bytes_of(folder / "x.h5");
}

void add_dataset(hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& extent) {
  const hid_t space = H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr);
  const hid_t data = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const std::vector<double> zeros(64);
  H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data());
  H5Dclose(data);
  H5Sclose(space);
}

std::string datasets(const Step&) {
  const TemporaryFolder folder;
  const hid_t file = H5Fcreate((folder / "x.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  add_dataset(file, "x", H5T_NATIVE_DOUBLE, {10});
  add_dataset(file, "y", H5T_NATIVE_DOUBLE, {11});
  add_dataset(file, "f", H5T_NATIVE_FLOAT, {10});
  add_dataset(file, "i", H5T_NATIVE_INT, {10});
  add_dataset(file, "m", H5T_NATIVE_DOUBLE, {2, 3});
  add_dataset(file, "none", H5T_NATIVE_DOUBLE, {0, 3});
  H5Gclose(H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  H5Lcreate_soft("/nowhere", file, "broken", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  return bytes_of(folder / "x.h5");
}

/// Of a serial driver with the kernel k, whose size n is from 1 to 9.
std::string catalogue(const Step&) {
  const json size{{"name", "n"}, {"type", "count"}, {"default", 7}, {"min", 1}, {"max", 9}};
  const json kernel = harness::described_kernel("n", json::array({size}), true);
  return harness::described_driver(harness::models::serial, {{"k", kernel}}).dump() + "\n";
}

// --- What changes it

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

std::string joined(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

std::string cut(const std::string& text, const Step& step) {
  const std::int64_t bytes = step.number(1);
  const auto size = static_cast<std::int64_t>(text.size());
  return text.substr(
      0, static_cast<std::size_t>(std::max<std::int64_t>(0, bytes < 0 ? size + bytes : bytes)));
}

std::string put(std::string text, const Step& step) {
  const std::int64_t at = step.number(1);
  const auto place =
      static_cast<std::size_t>(at < 0 ? static_cast<std::int64_t>(text.size()) + at : at);
  const std::string bytes = unescaped(step.rest(2));
  if (place > text.size()) throw std::runtime_error(fmt::format("'{}' is past the end", step.text));
  return text.replace(place, bytes.size(), bytes);
}

/// The JSON of a line after `change`, which gets it and its place.
std::string with_json(const std::string& text, const Step& step,
                      const std::function<void(json&, const json::json_pointer&)>& change) {
  Lines lines = lines_of(text);
  std::string& line = lines.at(static_cast<std::size_t>(step.number(1)));
  json value = json::parse(line);
  change(value, json::json_pointer(step.word(2)));
  line = value.dump();
  return joined(lines);
}

std::string set(const std::string& text, const Step& step) {
  return with_json(text, step, [&](json& value, const json::json_pointer& place) {
    value[place] = json::parse(step.rest(3));
  });
}

std::string drop(const std::string& text, const Step& step) {
  return with_json(text, step, [&](json& value, const json::json_pointer& place) {
    value[place.parent_pointer()].erase(place.back());
  });
}

std::string swap(const std::string& text, const Step& step) {
  Lines lines = lines_of(text);
  std::swap(lines.at(static_cast<std::size_t>(step.number(1))),
            lines.at(static_cast<std::size_t>(step.number(2))));
  return joined(lines);
}

std::string repeat(const std::string& text, const Step& step) {
  Lines lines = lines_of(text);
  const auto at = static_cast<std::size_t>(step.number(1));
  lines.insert(lines.begin() + step.number(1), lines.at(at));
  return joined(lines);
}

std::string seal(const std::string& text, const Step&) {
  std::string out;
  for (const std::string& line : lines_of(text)) {
    json value = json::parse(line);
    value.erase("crc32");
    out += harness::checked_line(value);
  }
  return out;
}

/// A program that prints the text.
std::string script(const std::string& text, const Step&) {
  return "#!/bin/sh\ncat << 'END'\n" + text + "END\n";
}

const std::map<std::string, std::string (*)(const Step&)> makers{
    {"catalogue", catalogue}, {"pnm", pnm},       {"png", png},
    {"jpeg", jpeg},           {"record", record}, {"journal", journal},
    {"results", results},     {"hdf5", hdf5},     {"datasets", datasets}};

const std::map<std::string, std::function<std::string(const std::string&, const Step&)>> changes{
    {"cut", cut},
    {"put", put},
    {"set", set},
    {"drop", drop},
    {"swap", swap},
    {"repeat", repeat},
    {"seal", seal},
    {"script", script},
    {"append", [](const std::string& t, const Step& s) { return t + unescaped(s.rest(1)); }},
    {"prepend", [](const std::string& t, const Step& s) { return unescaped(s.rest(1)) + t; }}};

}  // namespace

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char kind = text[++i];
    if (kind == 'x') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += kind == 'n'   ? '\n'
             : kind == 'r' ? '\r'
             : kind == 't' ? '\t'
             : kind == '0' ? '\0'
                           : kind;
    }
  }
  return out;
}

std::string made(const std::vector<std::string>& steps) {
  std::string out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step step(steps[i]);
    const auto maker = makers.find(step.word(0));
    const auto change = changes.find(step.word(0));
    if (i == 0 && maker != makers.end()) {
      out = maker->second(step);
    } else if (i > 0 && change != changes.end()) {
      out = change->second(out, step);
    } else {
      throw std::runtime_error(fmt::format("'{}' is no step, or not in this place", steps[i]));
    }
  }
  return out;
}

}  // namespace scalelaw::bad_input
