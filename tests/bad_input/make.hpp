#pragma once

#include <string>
#include <vector>

namespace scalelaw::bad_input {

/// A text with its escapes replaced: \xHH, \n, \r, \t, \0 and a backslash.
std::string unescaped(const std::string& text);

/// The contents of a file, made by steps.  The first makes one that is whole, the others change it:
///   pnm KIND WIDTH HEIGHT LARGEST    an image, KIND is P5 or P6
///   png WIDTH HEIGHT CHANNELS, jpeg WIDTH HEIGHT CHANNELS
///   record                           of dot_product on two ranks
///   catalogue                        what a serial driver says of itself
///   journal                          of a plan with three points, and three launches
///   results                          a small results file
///   hdf5 NAME VALUE ...              an HDF5 file with these attributes
///   datasets                         an HDF5 file: /x (10 f64), /y (11 f64), /f (10 f32), /i (10
///                                    integers), /m (2 x 3 f64), /none (0 x 3 f64), /g (a group)
///   cut BYTES                        leaves that many bytes; negative: removes as many at the end
///   put OFFSET ESCAPED               writes these bytes there; negative: from the end
///   append ESCAPED, prepend ESCAPED
///   set LINE POINTER JSON            in the JSON of that line (from 0) the value at that place
///   drop LINE POINTER                removes it
///   swap LINE LINE, repeat LINE
///   seal                             gives each line its checksum
///   script                           makes a program that prints it
/// Errors: throws std::runtime_error for any other step.
std::string made(const std::vector<std::string>& steps);

}  // namespace scalelaw::bad_input
