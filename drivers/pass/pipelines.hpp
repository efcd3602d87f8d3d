#pragma once

// All specialisations of Pipeline; included wherever a kernel is bound to a driver.
#include "drivers/pass/image_pipeline.hpp"
#include "drivers/pass/pipeline.hpp"
