//! Floor 7: the only async conductor: one channel, one select, drain then draw.
