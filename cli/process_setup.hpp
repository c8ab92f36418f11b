// What a process must put right before it does anything else.
#pragma once

#include <string>

namespace pgark::cli {

// Opens /dev/null on standard descriptors that came closed, so that no file of ours gets their number and
// messages end up in an archive. In the other direction than usual: reading standard input and writing the
// others fail as they would on a closed descriptor.
void fill_standard_descriptors();

// Overwrites passwords, and the paths of webhooks, in the arguments, which every user of the machine can read
// while the process runs. Call it when the arguments have been taken.
void hide_passwords(int argc, char** argv);

// The same for the passwords in a text that leaves the machine. There should be none.
std::string without_passwords(std::string text);

}  // namespace pgark::cli
