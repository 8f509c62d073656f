//! hangup
