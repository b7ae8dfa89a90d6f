//! Floor 8: arguments, subcommands, exit codes.
