//! Floor 1: the IAM policy language as pure functions. It never knows where a policy came from.
