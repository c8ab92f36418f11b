// What a process must put right before it does anything else.
#pragma once

namespace pgark::cli {

// Opens /dev/null on standard descriptors that came closed, so that no file of ours gets their number and
// messages end up in an archive. In the other direction than usual: reading standard input and writing the
// others fail as they would on a closed descriptor.
void fill_standard_descriptors();

// Overwrites passwords in the arguments, which every user of the machine can read while the process runs.
// Call it when the arguments have been taken.
void hide_passwords(int argc, char** argv);

}  // namespace pgark::cli
