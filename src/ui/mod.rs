//! Floor 6: the only floor that knows ratatui: it draws what `app` shows and decodes what is typed.
