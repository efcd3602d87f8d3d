#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/store/table.hpp"

namespace scalelaw::harness {

/// An HDF5 file of tables and attributes.  Only this class uses HDF5's C interface.  Text is
/// variable-length UTF-8.  Truth values are the FALSE/TRUE enumeration that h5py shows as bool.
/// Threads: one at a time.
class Hdf5File {
 public:
  /// A new file, which stays in memory until close() writes it.  `user_block`: bytes at the start
  /// that HDF5 does not use: 0, or a power of two of at least 512.
  static Hdf5File create(const std::string& path, std::int64_t user_block = 0);
  /// Opens a file for reading, without a lock.  None is needed: a writer renames its file into
  /// place when it is complete.
  /// Errors: throws Error when the file is missing, truncated or not an HDF5 file.
  static Hdf5File open(const std::string& path);

  Hdf5File(Hdf5File&&) noexcept;
  ~Hdf5File();

  /// Writes the table of `head` with the rows that `give` supplies.  The columns' units and
  /// meanings become attributes.
  void write_table(const TableHead& head, const GiveRows& give);

  [[nodiscard]] bool has_table(const std::string& path) const;

  /// Reads the columns of `head` from the table at head.path, and ignores other columns.  A column
  /// that the file lacks has its `if_absent` in every row.
  /// Errors: throws Error when the table or a required column is missing, or is of another type.
  void read_table(const TableHead& head, const TakeRow& take) const;

  /// Groups are made as needed.
  /// Errors: throws Error.
  void write_attribute(const std::string& group, const std::string& name, const Cell& value);
  /// A text of any length as a scalar dataset.
  void write_text(const std::string& path, const std::string& text);

  [[nodiscard]] std::map<std::string, Cell> read_attributes(const std::string& group) const;
  [[nodiscard]] std::string read_text(const std::string& path) const;

  /// Paths of all tables below the root, sorted.
  [[nodiscard]] std::vector<std::string> table_paths() const;
  /// Names and units of a table's columns, in order.
  [[nodiscard]] std::vector<Column> columns_of(const std::string& path) const;

  /// Closes the file.  A new one is then written, and passed to the operating system.
  /// Errors: throws Error when it cannot be made or written: the disk is full, or refuses.
  void close();

 private:
  struct Handles;
  explicit Hdf5File(std::unique_ptr<Handles> handles);
  std::unique_ptr<Handles> handles_;
};

/// The version of the HDF5 library in use, e.g. "1.10.8".
std::string hdf5_version();

}  // namespace scalelaw::harness
