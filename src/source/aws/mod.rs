//! AWS collectors.
