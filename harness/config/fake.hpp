#pragma once

#include "harness/config/campaign.hpp"
#include "harness/config/key.hpp"

namespace scalelaw::harness {

/// The keys of `[fake]`, and those of `[[fake.case]]`.
const Keys<FakeOptions>& fake_keys();
const Keys<FakeCase>& fake_case_keys();

}  // namespace scalelaw::harness
