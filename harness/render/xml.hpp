#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scalelaw::harness {

using XmlAttributes = std::vector<std::pair<std::string_view, std::string>>;

/// Writes XML 1.0, indented, element by element.  Any text may be given: what XML cannot hold,
/// control characters and bytes that are not UTF-8, becomes \xHH.  (Libraries such as pugixml write
/// such characters as they are, or as references that no parser accepts.)
class XmlWriter {
 public:
  XmlWriter();
  /// Begins an element, which holds all that follows until end().
  void begin(std::string_view name, const XmlAttributes& attributes = {});
  void end();
  /// An element that holds a text, or nothing where the text is empty.
  void element(std::string_view name, const XmlAttributes& attributes,
               const std::string& text = {});
  /// The document, once every element has ended.
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void open(std::string_view name, const XmlAttributes& attributes);

  std::string out_;
  std::vector<std::string> elements_;  ///< that have not ended
};

}  // namespace scalelaw::harness
