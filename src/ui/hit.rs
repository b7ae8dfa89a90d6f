//! What a mouse event is over: coordinates to the words of `app`, by the same numbers the frame was drawn with.

use ratatui::layout::Size;

use super::{
    bar,
    input::{Click, Mouse},
};
use crate::app::{
    self, layout,
    show::{Body, Focus, Screen},
};

/// Rows a turn of the wheel moves.
const WHEEL: i32 = 3;

/// `None` where a click means nothing.
pub fn hit(screen: &Screen, size: Size, mouse: Mouse) -> Option<app::Mouse> {
    let fits = layout::of(size.width, size.height);
    let over = match &screen.body {
        Body::Table { detail: Some(_), focus, .. } if !fits.split => *focus,
        Body::Table { detail: Some(_), .. } if mouse.column >= fits.list_width => Focus::Detail,
        _ => Focus::List,
    };
    match mouse.does {
        Click::WheelUp => Some(app::Mouse::Wheel { over, rows: -WHEEL }),
        Click::WheelDown => Some(app::Mouse::Wheel { over, rows: WHEEL }),
        Click::Press if screen.overlay.is_some() => None,
        Click::Press if mouse.row + 1 == fits.body_top => {
            bar::tab_at(&screen.tabs, size.width, mouse.column).map(app::Mouse::Tab)
        }
        Click::Press => {
            let row = |top: u16, rows: usize| {
                let row = usize::from(mouse.row.checked_sub(top)?);
                (row < rows).then_some(row)
            };
            match (&screen.body, over) {
                (Body::Table { list, .. }, Focus::List) => {
                    let row = row(fits.list_top, fits.list_rows)?;
                    (row < list.rows.len()).then_some(app::Mouse::ListRow(row))
                }
                (Body::Table { .. }, Focus::Detail) => {
                    row(fits.detail_top, fits.detail_rows).map(app::Mouse::DetailLine)
                }
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sample;

    fn press(column: u16, row: u16) -> Option<app::Mouse> {
        hit(&sample::keys(), Size::new(120, 40), Mouse { does: Click::Press, column, row })
    }

    #[test]
    fn a_click_means_what_is_drawn_there() {
        let fits = layout::of(120, 40);
        assert_eq!(press(5, fits.list_top), Some(app::Mouse::ListRow(0)));
        assert_eq!(press(5, fits.list_top - 1), None, "the column titles");
        assert_eq!(press(fits.list_width + 3, fits.detail_top + 2), Some(app::Mouse::DetailLine(2)));
        assert_eq!(press(1, 1), Some(app::Mouse::Tab(0)));
        assert_eq!(press(5, 39), None, "the footer");
    }

    #[test]
    fn the_wheel_turns_what_is_under_it() {
        let wheel = |column| {
            let mouse = Mouse { does: Click::WheelDown, column, row: 10 };
            hit(&sample::keys(), Size::new(120, 40), mouse)
        };
        assert_eq!(wheel(3), Some(app::Mouse::Wheel { over: Focus::List, rows: WHEEL }));
        assert_eq!(wheel(110), Some(app::Mouse::Wheel { over: Focus::Detail, rows: WHEEL }));
    }
}
