//! Which way pictures go: what the user asked for, and what the terminal can do. It refuses to make
//! bytes of them, which is the terminal room's, and to say where they are, which is the view's.

use crate::domain::pictures::{Form, Still};
use crate::domain::settings::Pictures;
use crate::layout::Area;
use crate::terminal::caps::{Caps, Colours};
use crate::terminal::images::{Picture, Pixels, Way};

/// What a choice means on this terminal; never [`Pictures::Auto`].
pub(super) fn resolved(choice: Pictures, caps: Caps) -> Pictures {
    match choice {
        // Half blocks are nothing but colour.
        Pictures::Auto if caps.colours == Colours::None => Pictures::Off,
        Pictures::Auto => match caps.pictures {
            Some(Way::Kitty) => Pictures::Kitty,
            Some(Way::Iterm2) => Pictures::Iterm2,
            Some(Way::Sixel) => Pictures::Sixel,
            None => Pictures::Blocks,
        },
        Pictures::Blocks | Pictures::Kitty | Pictures::Iterm2 | Pictures::Sixel | Pictures::Off => {
            choice
        }
    }
}

/// A picture in the hands of the terminal; `None` where it takes none.
pub(super) fn shown(choice: Pictures, still: &Still, room: Area) -> Option<(Way, Picture)> {
    let way = match choice {
        Pictures::Kitty => Way::Kitty,
        Pictures::Iterm2 => Way::Iterm2,
        Pictures::Sixel => Way::Sixel,
        Pictures::Auto | Pictures::Blocks | Pictures::Off => return None,
    };
    let pixels = match still.form() {
        Form::Png => Pixels::Png(still.bytes()),
        Form::Rgb => Pixels::Rgb(still.bytes()),
    };
    let (width, height) = still.size();
    Some((way, Picture { pixels, width, height, room }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_decides_before_the_terminal() {
        let caps = |pictures, colours| Caps { colours, pictures, ..Caps::default() };
        for (way, expected) in [
            (Some(Way::Kitty), Pictures::Kitty),
            (Some(Way::Iterm2), Pictures::Iterm2),
            (Some(Way::Sixel), Pictures::Sixel),
            (None, Pictures::Blocks),
        ] {
            assert_eq!(resolved(Pictures::Auto, caps(way, Colours::Ansi256)), expected);
            assert_eq!(resolved(Pictures::Auto, caps(way, Colours::None)), Pictures::Off);
            for choice in [Pictures::Blocks, Pictures::Kitty, Pictures::Sixel, Pictures::Off] {
                assert_eq!(resolved(choice, caps(way, Colours::None)), choice);
            }
        }
    }

    #[test]
    fn pixels_go_as_they_are() {
        let still = Still::ppm(b"P6\n2 1\n255\n123456").unwrap();
        let room = Area { x: 1, y: 2, width: 3, height: 4 };
        let (way, picture) = shown(Pictures::Sixel, &still, room).unwrap();
        assert_eq!((way, picture.pixels), (Way::Sixel, Pixels::Rgb(b"123456"[..].into())));
        assert_eq!((picture.width, picture.height, picture.room), (2, 1, room));
        assert_eq!(shown(Pictures::Blocks, &still, room), None);
    }
}
