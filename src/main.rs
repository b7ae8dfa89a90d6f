//! The binary: a dozen lines over the library, so that tests and benches see the same modules.

use std::process::ExitCode;

fn main() -> ExitCode {
    keytrail::cli::main()
}
