//! The header of an IDX file, the format of MNIST: untrusted bytes from the disk.
//!
//!     bytes 0, 1   0
//!     byte  2      the type of the numbers; 8: unsigned bytes
//!     byte  3      the number of axes
//!     then         the length of each axis, 4 bytes, the most significant first
//!     then         the numbers themselves, one byte each
//!
//! Page: docs/en/13-checkpoints.md

/// The lengths of the axes, and the bytes of the data. An error says what is wrong; it never
/// panics, whatever the bytes are.
fn parse(file: &[u8]) -> Result<(Vec<usize>, &[u8]), String> {
    let Some((&[0, 0, kind, axes], rest)) = file.split_first_chunk() else {
        return Err("this is not an IDX file: it does not begin with two zeros".into());
    };
    if kind != 8 {
        return Err(format!("the numbers are of type {kind}, not unsigned bytes (8)"));
    }
    let Some((lengths, data)) = rest.split_at_checked(4 * usize::from(axes)) else {
        return Err(format!("the file ends within the lengths of its {axes} axes"));
    };
    let lengths = lengths.as_chunks::<4>().0.iter();
    let lengths: Vec<usize> = lengths.map(|&bytes| u32::from_be_bytes(bytes) as usize).collect();
    // The product may be too large for a usize: then no file is that long.
    let all = lengths.iter().try_fold(1usize, |all, &length| all.checked_mul(length));
    if all != Some(data.len()) {
        return Err(format!("{} bytes of data do not fit the lengths {lengths:?}", data.len()));
    }
    Ok((lengths, data))
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_images_of_three_by_two() {
        let mut file = vec![0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2];
        file.extend(0..12);
        let (lengths, data) = parse(&file).unwrap();
        assert_eq!(lengths, [2, 3, 2]);
        assert_eq!(data, Vec::from_iter(0..12u8));
    }

    #[test]
    fn lengths_have_their_most_significant_byte_first() {
        let mut file = vec![0, 0, 8, 1, 0, 0, 1, 2];
        file.extend([7; 258]);
        assert_eq!(parse(&file).unwrap().0, [258]);
    }

    #[test]
    fn every_damage_is_an_error() {
        let mut whole = vec![0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2];
        whole.extend([1, 2, 3, 4]);
        assert!(parse(&whole).is_ok());
        for end in 0..whole.len() {
            assert!(parse(&whole[..end]).is_err(), "cut off after {end} bytes");
        }
        let with = |place: usize, byte: u8| {
            let mut file = whole.clone();
            file[place] = byte;
            parse(&file).is_err()
        };
        assert!(with(0, 1) && with(1, 31) && with(2, 13) && with(3, 3) && with(7, 3));
        assert!(parse(&[&whole[..], &[5]].concat()).is_err(), "a byte too many");
    }

    /// 2^32 - 1 images of 2^32 - 1 by 2^32 - 1: the product is beyond any usize.
    #[test]
    fn absurd_lengths_do_not_overflow() {
        let mut file = vec![0, 0, 8, 3];
        file.extend([255; 12]);
        assert!(parse(&file).is_err());
        // And 2^31 x 2^31 x 4 is 0 when it wraps around.
        file.splice(4.., [128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 4]);
        assert!(parse(&file).is_err());
    }
}
