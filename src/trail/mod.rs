//! Floor 1: the CloudTrail engine as pure functions over bytes and events: read a record, stitch sessions, fold. No network, no files.
