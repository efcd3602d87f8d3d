#include "drivers/input/image_libraries.hpp"

const scalelaw::driver::ImageLibraries scalelaw_image_libraries{scalelaw::driver::png_decoder,
                                                                scalelaw::driver::jpeg_decoder};
