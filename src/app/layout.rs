//! How much of a pane fits on a terminal, as numbers: what `app` needs to cut its windows and `ui` to place its frames.
//! It knows nothing about how a frame looks, only how many lines and columns it leaves.

/// Lines of the top bar, of the tabs and of the footer.
const BAR: u16 = 1;
const TABS: u16 = 1;
const FOOTER: u16 = 1;
/// A frame takes a line above and below.
const FRAME: u16 = 2;
/// A blank between the frame of the detail and its text.
const PAD: u16 = 1;
/// The line with the column titles.
const HEADER: u16 = 1;
/// From here on list and detail stand side by side.
const SPLIT_AT: u16 = 100;
/// The smallest terminal on which a table can still be read.
const LEAST: (u16, u16) = (40, 10);
/// Below this everything works and less is seen; the screen says so.
const COMFORT: (u16, u16) = (60, 16);

/// What fits. Rows are counted without frames and headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Do list and detail stand side by side? Otherwise only the focused one is seen.
    pub split: bool,
    /// Rows of the table.
    pub list_rows: usize,
    /// Lines of the detail.
    pub detail_rows: usize,
    /// Columns of a text line in the detail: what is longer is cut with a mark.
    pub detail_columns: usize,
    /// Rows of each column of the map, and lines below that say how its things touch.
    pub map_rows: usize,
    pub how_rows: usize,
    /// Columns of the timeline, and lines for the calls below them.
    pub time_cells: usize,
    pub time_rows: usize,
    /// Columns of a text line in a frame over the whole width.
    pub page_columns: usize,
    /// Lines of a text or help laid over the screen.
    pub overlay_rows: usize,
    /// Is there too little room for anything but one sentence?
    pub too_small: bool,
    /// Is there less room than is comfortable?
    pub cramped: bool,
    /// Columns of the list's frame, and of the detail's; the whole width for both when they are not side by side.
    pub list_width: u16,
    pub detail_width: u16,
    /// First line and number of lines of the body.
    pub body_top: u16,
    pub body_height: u16,
    /// The line of the table's first row, for a mouse.
    pub list_top: u16,
    /// The line of the detail's first line.
    pub detail_top: u16,
}

/// Terminal columns and lines to what fits.
pub fn of(width: u16, height: u16) -> Layout {
    let split = width >= SPLIT_AT;
    let list_width = if split { u16::try_from(u32::from(width) * 57 / 100).unwrap_or(width) } else { width };
    let detail_width = if split { width - list_width } else { width };
    let body_top = BAR + TABS;
    let body_height = height.saturating_sub(BAR + TABS + FOOTER);
    let how = match body_height {
        ..16 => 1,
        16..30 => 3,
        _ => 6,
    };
    Layout {
        split,
        list_rows: usize::from(body_height.saturating_sub(FRAME + HEADER)),
        detail_rows: usize::from(body_height.saturating_sub(FRAME)),
        detail_columns: usize::from(detail_width.saturating_sub(FRAME + PAD)),
        map_rows: usize::from(body_height.saturating_sub(FRAME + how)),
        how_rows: usize::from(how),
        time_cells: usize::from(width.saturating_sub(FRAME + 2 * PAD)).max(1),
        time_rows: usize::from(
            body_height
                .saturating_sub(FRAME)
                .saturating_sub(time_bars(body_height.saturating_sub(FRAME)) + UNDER_BARS),
        ),
        page_columns: usize::from(width.saturating_sub(FRAME + 2 * PAD)),
        overlay_rows: usize::from(overlay_height(height.saturating_sub(FOOTER)).saturating_sub(FRAME)),
        too_small: width < LEAST.0 || height < LEAST.1,
        cramped: width < COMFORT.0 || height < COMFORT.1,
        list_width,
        detail_width,
        body_top,
        body_height,
        list_top: body_top + 1 + HEADER,
        detail_top: body_top + 1,
    }
}

/// Lines below the timeline's columns before its calls: the axis, the cursor's mark, what the column holds.
pub const UNDER_BARS: u16 = 3;

/// Lines of the timeline's columns in a frame of this height.
pub fn time_bars(height: u16) -> u16 {
    (height / 3).clamp(2, 14)
}

/// Lines of the largest frame laid over an area of this height: on all but small screens a line above and below shows
/// what lies under it.
pub const fn overlay_height(height: u16) -> u16 {
    if height > 20 { height - 2 } else { height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_terminal_shows_eighteen_rows_and_one_pane() {
        let fits = of(80, 24);
        assert_eq!((fits.split, fits.list_rows, fits.detail_rows), (false, 18, 19));
        assert_eq!(fits.overlay_rows, 19);
        assert!(!fits.too_small && !fits.cramped);
    }

    #[test]
    fn a_wide_terminal_shows_both_panes_and_loses_no_column() {
        for width in [100, 120, 200, u16::MAX] {
            let fits = of(width, 40);
            assert!(fits.split);
            assert_eq!(fits.list_width + fits.detail_width, width);
            let share = f64::from(fits.list_width) / f64::from(width);
            assert!((0.55..=0.60).contains(&share), "{width}: {share}");
        }
        assert!(!of(99, 40).split);
    }

    #[test]
    fn a_small_terminal_is_used_and_a_tiny_one_is_refused() {
        let small = of(40, 12);
        assert!(!small.too_small && small.cramped);
        assert_eq!(small.list_rows, 6);
        assert!(of(39, 12).too_small);
        assert!(of(40, 9).too_small);
        assert_eq!(of(0, 0).list_rows, 0);
    }
}
