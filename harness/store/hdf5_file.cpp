#include "harness/store/hdf5_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>

#include "common/error.hpp"
#include "common/utf8.hpp"
#include "harness/store/damage.hpp"
#include "harness/store/hdf5_id.hpp"
#include "harness/store/hdf5_image.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {
namespace {

/// The innermost line of HDF5's report on its last failure, which names the cause.
std::string cause() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_DOWNWARD,
      [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
        *static_cast<std::string*>(out) = error->desc == nullptr ? "" : error->desc;
        return 0;
      },
      &text);
  return text.empty() ? "unknown cause" : text;
}

[[noreturn]] void fail(const std::string& what) {
  throw Error(fmt::format("{}: {}", what, cause()), "check the disk's free space and the file");
}

Hdf5Id checked(hid_t id, Hdf5Id::Close close, const std::string& what) {
  if (id < 0) fail(what);
  return {id, close};
}

void require(herr_t status, const std::string& what) {
  if (status < 0) fail(what);
}

Hdf5Id text_type() {
  Hdf5Id type = checked(H5Tcopy(H5T_C_S1), H5Tclose, "text type");
  require(H5Tset_size(type, H5T_VARIABLE), "text type");
  require(H5Tset_cset(type, H5T_CSET_UTF8), "text type");
  return type;
}

/// The type that h5py writes for NumPy's bool, and reads as one.
Hdf5Id truth_type() {
  Hdf5Id type = checked(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose, "truth type");
  for (std::int8_t value = 0; value <= 1; ++value) {
    require(H5Tenum_insert(type, value == 0 ? "FALSE" : "TRUE", &value), "truth type");
  }
  return type;
}

Hdf5Id type_of(ColumnType column) {
  switch (column) {
    case ColumnType::integer:
      return {H5Tcopy(H5T_NATIVE_INT64), H5Tclose};
    case ColumnType::real:
      return {H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose};
    case ColumnType::truth:
      return truth_type();
    case ColumnType::text:
      break;
  }
  return text_type();
}

std::size_t size_of(ColumnType column) {
  return column == ColumnType::truth ? sizeof(std::int8_t) : sizeof(std::int64_t);
}

/// A text that the file can hold: valid UTF-8, with a space for each NUL, because a C string would
/// end there.
std::string storable(const std::string& text) {
  std::string out = escape_invalid_utf8(text);
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}

/// The packed layout of the columns, which is the same in memory and in the file.
struct Layout {
  Hdf5Id type;
  std::vector<std::size_t> offsets;
  std::size_t row_bytes = 0;
};

Layout layout_of(const std::vector<Column>& columns) {
  Layout layout;
  for (const Column& column : columns) {
    layout.offsets.push_back(layout.row_bytes);
    layout.row_bytes += size_of(column.type);
  }
  layout.type = checked(H5Tcreate(H5T_COMPOUND, layout.row_bytes), H5Tclose, "row type");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Hdf5Id type = type_of(columns[i].type);
    require(H5Tinsert(layout.type, columns[i].name.c_str(), layout.offsets[i], type),
            "column " + columns[i].name);
  }
  return layout;
}

/// The bytes point into `texts`.
void pack(const Cell& cell, ColumnType type, std::byte* to, std::deque<std::string>& texts) {
  switch (type) {
    case ColumnType::integer:
      std::memcpy(to, &std::get<std::int64_t>(cell), 8);
      return;
    case ColumnType::real:
      std::memcpy(to, &std::get<double>(cell), 8);
      return;
    case ColumnType::truth:
      *to = std::byte{std::get<bool>(cell)};
      return;
    case ColumnType::text:
      break;
  }
  texts.push_back(storable(std::get<std::string>(cell)));
  const char* text = texts.back().c_str();
  std::memcpy(to, &text, sizeof text);
}

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

Cell unpack(ColumnType type, const std::byte* from) {
  switch (type) {
    case ColumnType::integer:
      return load<std::int64_t>(from);
    case ColumnType::real:
      return load<double>(from);
    case ColumnType::truth:
      return load<std::int8_t>(from) != 0;
    case ColumnType::text:
      break;
  }
  const char* text = load<const char*>(from);
  return std::string(text == nullptr ? "" : text);
}

void write_text_list(hid_t object, const char* name, const std::vector<std::string>& texts) {
  const Hdf5Id type = text_type();
  const hsize_t size = texts.size();
  const Hdf5Id space = checked(H5Screate_simple(1, &size, nullptr), H5Sclose, name);
  const Hdf5Id attribute =
      checked(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  require(H5Awrite(attribute, type, pointers.data()), name);
}

std::vector<std::string> read_text_list(hid_t object, const char* name) {
  const Hdf5Id attribute = checked(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, name);
  const Hdf5Id space = checked(H5Aget_space(attribute), H5Sclose, name);
  const Hdf5Id type = text_type();
  std::vector<char*> pointers(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  require(H5Aread(attribute, type, pointers.data()), name);
  std::vector<std::string> texts;
  for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

/// The column type of a member of a row in the file.
ColumnType column_type(hid_t row, unsigned member, const std::string& name) {
  const Hdf5Id type = checked(H5Tget_member_type(row, member), H5Tclose, name);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return ColumnType::integer;
    case H5T_FLOAT:
      return ColumnType::real;
    case H5T_ENUM:
      return ColumnType::truth;
    case H5T_STRING:
      return ColumnType::text;
    default:
      throw Error(fmt::format("column {} has a type that no results file has", name), damage_hint);
  }
}

/// The positions in the file of those columns of `head` that it has.
std::vector<std::size_t> stored_columns(hid_t in_file, const TableHead& head,
                                        const std::string& where) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < head.columns.size(); ++i) {
    const Column& column = head.columns[i];
    const int member = H5Tget_member_index(in_file, column.name.c_str());
    if (member < 0 && column.if_absent) continue;
    if (member < 0)
      throw Error(fmt::format("{} has no column {}", where, column.name), damage_hint);
    if (column_type(in_file, static_cast<unsigned>(member), column.name) != column.type) {
      throw Error(fmt::format("{}: column {} has another type", where, column.name), damage_hint);
    }
    places.push_back(i);
  }
  return places;
}

/// Rows as they are in the file.  HDF5 has allocated their texts.
class StoredRows {
 public:
  StoredRows(std::size_t bytes, hid_t type, hid_t space)
      : bytes_(bytes), type_(type), space_(space) {}
  StoredRows(const StoredRows&) = delete;
  StoredRows& operator=(const StoredRows&) = delete;
  ~StoredRows() { H5Dvlen_reclaim(type_, space_, H5P_DEFAULT, bytes_.data()); }
  std::byte* data() { return bytes_.data(); }

 private:
  std::vector<std::byte> bytes_;
  hid_t type_, space_;
};

/// HDF5 clears a buffer for each read, of 1 MiB unless told otherwise.  It need not be much larger
/// than the rows, whose texts take twice as much in the file.
Hdf5Id transfer_list(std::size_t rows, std::size_t row_bytes) {
  constexpr std::size_t usual = 1U << 20, least = 1U << 16;
  Hdf5Id list = checked(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "transfer");
  if (rows < usual / (2 * row_bytes)) {
    const std::size_t bytes = std::max(least, 2 * rows * row_bytes);
    require(H5Pset_buffer(list, bytes, nullptr, nullptr), "transfer");
  }
  return list;
}

/// Chunks of about 1 MiB, compressed; a small table needs neither.
Hdf5Id creation_list(std::size_t rows, std::size_t row_bytes) {
  Hdf5Id list = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "layout");
  if (rows * row_bytes < (1U << 16)) return list;
  const hsize_t chunk = std::min<hsize_t>(rows, std::max<hsize_t>(1, (1U << 20) / row_bytes));
  require(H5Pset_chunk(list, 1, &chunk), "layout");
  if (H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0) {
    require(H5Pset_shuffle(list), "layout");
    require(H5Pset_deflate(list, 4), "layout");
  }
  return list;
}

/// Adds an attribute to the map at `out`, unless it is a list.
herr_t take_attribute(hid_t object, const char* name, const H5A_info_t*, void* out) {
  const Hdf5Id attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Id space(H5Aget_space(attribute), H5Sclose);
  if (H5Sget_simple_extent_npoints(space) != 1) return 0;
  const Hdf5Id in_file(H5Aget_type(attribute), H5Tclose);
  const H5T_class_t kind = H5Tget_class(in_file);
  const ColumnType column = kind == H5T_INTEGER ? ColumnType::integer
                            : kind == H5T_FLOAT ? ColumnType::real
                            : kind == H5T_ENUM  ? ColumnType::truth
                                                : ColumnType::text;
  const Hdf5Id type = type_of(column);
  std::byte bytes[sizeof(std::int64_t)] = {};
  if (H5Aread(attribute, type, bytes) < 0) return -1;
  static_cast<std::map<std::string, Cell>*>(out)->insert_or_assign(name, unpack(column, bytes));
  if (column == ColumnType::text) H5Dvlen_reclaim(type, space, H5P_DEFAULT, bytes);
  return 0;
}

/// Adds the paths of all tables below `group`.
void add_tables(hid_t file, const std::string& group, std::vector<std::string>& paths) {
  const Hdf5Id opened = checked(H5Gopen2(file, group.c_str(), H5P_DEFAULT), H5Gclose, group);
  H5G_info_t info;
  require(H5Gget_info(opened, &info), group);
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[256];
    const ssize_t size = H5Lget_name_by_idx(opened, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                            sizeof name, H5P_DEFAULT);
    if (size <= 0 || static_cast<std::size_t>(size) >= sizeof name) continue;
    const std::string path = (group == "/" ? group : group + '/') + name;
    const Hdf5Id object = checked(H5Oopen(file, path.c_str(), H5P_DEFAULT), H5Oclose, path);
    if (H5Iget_type(object) == H5I_GROUP) add_tables(file, path, paths);
    if (H5Iget_type(object) != H5I_DATASET) continue;
    const Hdf5Id type(H5Dget_type(object), H5Tclose);
    if (H5Tget_class(type) == H5T_COMPOUND) paths.push_back(path);
  }
}

/// Opens files without a lock, because some file systems have none.
Hdf5Id access_list() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are reported by Error, not on stderr
  Hdf5Id list = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "access");
  require(H5Pset_file_locking(list, false, true), "access");
  return list;
}

[[noreturn]] void fail_to_open(const std::string& path) {
  const std::string reason = cause();
  if (reason.find("lock") != std::string::npos) {  // the environment requests locking
    throw Error(fmt::format("cannot open '{}': {}", path, reason),
                "set HDF5_USE_FILE_LOCKING=FALSE: results files are complete when they appear");
  }
  throw Error(fmt::format("'{}' is not an HDF5 file, or is truncated: {}", path, reason),
              "give a file that scalelaw run wrote; continue a killed campaign with --resume");
}

Hdf5Id link_list() {
  Hdf5Id list = checked(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "link");
  require(H5Pset_create_intermediate_group(list, 1), "link");
  return list;
}

}  // namespace

struct Hdf5File::Handles {
  std::string path;
  Hdf5Id file;
  std::optional<std::int64_t> user_block = {};  ///< of a new file, which is in memory as yet
};

Hdf5File::Hdf5File(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File::~Hdf5File() = default;

Hdf5File Hdf5File::create(const std::string& path, std::int64_t user_block) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are reported by Error, not on stderr
  const Hdf5Id access = access_in_memory();
  const Hdf5Id creation = checked(H5Pcreate(H5P_FILE_CREATE), H5Pclose, path);
  require(H5Pset_userblock(creation, static_cast<hsize_t>(user_block)), path);
  Hdf5Id file = checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose, path);
  return Hdf5File(std::make_unique<Handles>(Handles{path, std::move(file), user_block}));
}

Hdf5File Hdf5File::open(const std::string& path) {
  const Hdf5Id access = access_list();
  std::error_code fault;
  if (!std::filesystem::is_regular_file(path, fault)) {
    throw Error(fmt::format("there is no results file '{}'", path),
                "scalelaw run CONFIG --output FILE writes one");
  }
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
  if (file < 0) fail_to_open(path);
  return Hdf5File(std::make_unique<Handles>(Handles{path, Hdf5Id(file, H5Fclose)}));
}

void Hdf5File::write_table(const TableHead& head, const GiveRows& give) {
  const Layout layout = layout_of(head.columns);
  std::vector<std::byte> rows;
  std::deque<std::string> texts;  // they are pointed to: must not move
  hsize_t count = 0;
  give([&](const Cells& cells) {
    rows.resize((count + 1) * layout.row_bytes);
    std::byte* const row = rows.data() + count++ * layout.row_bytes;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      pack(cells[i], head.columns[i].type, row + layout.offsets[i], texts);
    }
  });
  const Hdf5Id space = checked(H5Screate_simple(1, &count, nullptr), H5Sclose, head.path);
  const Hdf5Id links = link_list(), creation = creation_list(count, layout.row_bytes);
  const Hdf5Id dataset = checked(H5Dcreate2(handles_->file, head.path.c_str(), layout.type, space,
                                            links, creation, H5P_DEFAULT),
                                 H5Dclose, head.path);
  if (count > 0) {
    require(H5Dwrite(dataset, layout.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()), head.path);
  }
  std::vector<std::string> units, meanings;
  for (const Column& column : head.columns) {
    units.push_back(column.unit);
    meanings.push_back(column.meaning);
  }
  write_text_list(dataset, "units", units);
  write_text_list(dataset, "meanings", meanings);
  write_text_list(dataset, "title", {head.meaning});
}

bool Hdf5File::has_table(const std::string& path) const {
  return H5Lexists(handles_->file, path.c_str(), H5P_DEFAULT) > 0;
}

void Hdf5File::read_table(const TableHead& head, const TakeRow& take) const {
  const std::string where = fmt::format("'{}', table {}", handles_->path, head.path);
  const Hdf5Id dataset =
      checked(H5Dopen2(handles_->file, head.path.c_str(), H5P_DEFAULT), H5Dclose, where);
  const Hdf5Id in_file = checked(H5Dget_type(dataset), H5Tclose, where);
  if (H5Tget_class(in_file) != H5T_COMPOUND) throw Error(where + " is not a table", damage_hint);
  const std::vector<std::size_t> places = stored_columns(in_file, head, where);
  std::vector<Column> stored;
  for (const std::size_t place : places) stored.push_back(head.columns[place]);
  const Layout layout = layout_of(stored);
  const Hdf5Id space = checked(H5Dget_space(dataset), H5Sclose, where);
  const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  if (count == 0) return;
  StoredRows rows(count * layout.row_bytes, layout.type, space);
  const Hdf5Id transfer =
      transfer_list(count, std::max(layout.row_bytes, std::size_t{H5Tget_size(in_file)}));
  require(H5Dread(dataset, layout.type, H5S_ALL, H5S_ALL, transfer, rows.data()), where);
  Cells cells;
  for (const Column& column : head.columns) cells.push_back(column.if_absent.value_or(Cell{}));
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t i = 0; i < stored.size(); ++i) {
      cells[places[i]] =
          unpack(stored[i].type, rows.data() + row * layout.row_bytes + layout.offsets[i]);
    }
    take(cells);
  }
}

void Hdf5File::write_attribute(const std::string& group, const std::string& name,
                               const Cell& value) {
  const Hdf5Id links = link_list();
  if (group != "/" && H5Lexists(handles_->file, group.c_str(), H5P_DEFAULT) <= 0) {
    checked(H5Gcreate2(handles_->file, group.c_str(), links, H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
            group);
  }
  const Hdf5Id object =
      checked(H5Oopen(handles_->file, group.c_str(), H5P_DEFAULT), H5Oclose, group);
  const auto column = static_cast<ColumnType>(value.index());
  const Hdf5Id type = type_of(column);
  const Hdf5Id space = checked(H5Screate(H5S_SCALAR), H5Sclose, name);
  const Hdf5Id attribute = checked(
      H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
  std::deque<std::string> texts;
  std::byte bytes[sizeof(std::int64_t)];
  pack(value, column, bytes, texts);
  require(H5Awrite(attribute, type, bytes), name);
}

void Hdf5File::write_text(const std::string& path, const std::string& text) {
  const Hdf5Id type = text_type(), links = link_list();
  const Hdf5Id space = checked(H5Screate(H5S_SCALAR), H5Sclose, path);
  const Hdf5Id dataset = checked(
      H5Dcreate2(handles_->file, path.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose, path);
  const std::string clean = storable(text);
  const char* pointer = clean.c_str();
  require(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &pointer), path);
}

std::string Hdf5File::read_text(const std::string& path) const {
  const Hdf5Id dataset =
      checked(H5Dopen2(handles_->file, path.c_str(), H5P_DEFAULT), H5Dclose, path);
  const Hdf5Id type = text_type();
  const Hdf5Id space = checked(H5Dget_space(dataset), H5Sclose, path);
  if (H5Sget_simple_extent_npoints(space) != 1) throw Error(path + " is not one text", damage_hint);
  char* pointer = nullptr;
  require(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &pointer), path);
  std::string text = pointer == nullptr ? "" : pointer;
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, &pointer);
  return text;
}

std::map<std::string, Cell> Hdf5File::read_attributes(const std::string& group) const {
  const Hdf5Id object =
      checked(H5Oopen(handles_->file, group.c_str(), H5P_DEFAULT), H5Oclose, group);
  std::map<std::string, Cell> values;
  require(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, take_attribute, &values), group);
  return values;
}

std::vector<std::string> Hdf5File::table_paths() const {
  std::vector<std::string> paths;
  add_tables(handles_->file, "/", paths);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<Column> Hdf5File::columns_of(const std::string& path) const {
  const Hdf5Id dataset =
      checked(H5Dopen2(handles_->file, path.c_str(), H5P_DEFAULT), H5Dclose, path);
  const Hdf5Id row = checked(H5Dget_type(dataset), H5Tclose, path);
  const std::vector<std::string> units = read_text_list(dataset, "units");
  const std::vector<std::string> meanings = read_text_list(dataset, "meanings");
  std::vector<Column> columns;
  for (unsigned i = 0; i < static_cast<unsigned>(H5Tget_nmembers(row)); ++i) {
    char* name = H5Tget_member_name(row, i);
    columns.push_back({name, column_type(row, i, name), units.at(i), meanings.at(i)});
    H5free_memory(name);
  }
  return columns;
}

void Hdf5File::close() {
  const bool is_new = handles_->user_block.has_value();
  const std::string image = is_new ? image_of(handles_->file) : std::string();
  if (H5Fclose(handles_->file.release()) < 0) fail(fmt::format("closing '{}'", handles_->path));
  if (!is_new) return;
  RegularFile(handles_->path, O_RDWR | O_CREAT | O_TRUNC, "choose an --output in a writable folder")
      .write_at(*handles_->user_block, image);
}

std::string hdf5_version() {
  unsigned major = 0, minor = 0, patch = 0;
  H5get_libversion(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace scalelaw::harness
