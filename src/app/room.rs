//! How much of the terminal the list and the detail have. `ui` lays the frame out to these numbers, so that the row
//! under the cursor is always among the rows shown.

/// From this many columns on, list and detail stand side by side.
pub const WIDE: u16 = 100;
/// Smaller than this is said to be too small.
pub const LEAST: (u16, u16) = (40, 12);

/// The terminal's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub columns: u16,
    pub lines: u16,
}

impl Default for Room {
    fn default() -> Self {
        Self { columns: 80, lines: 24 }
    }
}

impl Room {
    pub const fn is_wide(self) -> bool {
        self.columns >= WIDE
    }

    pub const fn is_too_small(self) -> bool {
        self.columns < LEAST.0 || self.lines < LEAST.1
    }

    /// Rows of a list: all lines but the top line, the tabs, the frame's two, the column titles and the footer.
    pub fn list(self) -> usize {
        usize::from(self.lines.saturating_sub(6)).max(1)
    }

    /// Lines of a detail: all but the top line, the tabs, the frame's two and the footer; one less for a breadcrumb.
    pub fn detail(self, breadcrumb: bool) -> usize {
        usize::from(self.lines.saturating_sub(5 + u16::from(breadcrumb))).max(1)
    }
}
