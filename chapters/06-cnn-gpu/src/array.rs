//! Memory on the GPU: so many numbers of four bytes, one behind the other.

use std::ops::Range;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use common::{Error, Result};
use wgpu::{Buffer, BufferDescriptor, BufferUsages, MapMode};

use crate::gpu::Gpu;

/// For another thread to tell what it has heard: far more than it needs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Numbers on the GPU: `f32`, or `u32` where bytes and row numbers are meant.
pub struct DeviceArray {
    /// wgpu's own.
    pub buffer: Buffer,
    /// How many numbers.
    pub len: usize,
    /// Memory that both the GPU and the processor see, made when first read:
    /// what the GPU computes with, the processor cannot reach.
    between: OnceLock<Buffer>,
}

impl Gpu {
    /// An array of `len` zeros.
    ///
    /// # Errors
    /// If that is more than this GPU allows in one piece, or than it has left.
    pub fn array(&self, name: &str, len: usize) -> Result<DeviceArray> {
        let limits = self.device.limits();
        let most = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        let bytes = (len as u64).checked_mul(4).filter(|&bytes| bytes <= most);
        let Some(bytes) = bytes else {
            return Err(Error::new(format!(
                "{name}: {:.0} MB are more than the {:.0} MB that {} allows in one piece; use a \
                 smaller --batch-size",
                len as f64 * 4e-6,
                most as f64 * 1e-6,
                self.name
            )));
        };
        let usage = BufferUsages::STORAGE
            | BufferUsages::COPY_DST
            | BufferUsages::COPY_SRC
            | BufferUsages::QUERY_RESOLVE;
        let buffer = self.checked(name, || {
            self.device.create_buffer(&BufferDescriptor {
                label: Some(name),
                size: bytes.max(4),
                usage,
                mapped_at_creation: false,
            })
        })?;
        Ok(DeviceArray { buffer, len, between: OnceLock::new() })
    }

    /// An array with `numbers` in it.
    ///
    /// # Errors
    /// As [`Gpu::array`].
    pub fn upload(&self, name: &str, numbers: &[f32]) -> Result<DeviceArray> {
        let array = self.array(name, numbers.len())?;
        array.write(self, 0, numbers);
        Ok(array)
    }
}

impl DeviceArray {
    /// Overwrites the numbers from place `at` on: a transfer to the GPU, under way
    /// before the next submission.
    ///
    /// # Panics
    /// If they do not fit.
    pub fn write(&self, gpu: &Gpu, at: usize, numbers: &[f32]) {
        self.write_words(gpu, at, bytemuck::cast_slice(numbers));
    }

    /// The same with whole numbers.
    ///
    /// # Panics
    /// If they do not fit.
    pub fn write_words(&self, gpu: &Gpu, at: usize, words: &[u32]) {
        assert!(at + words.len() <= self.len, "{at} + {} beyond {}", words.len(), self.len);
        gpu.queue.write_buffer(&self.buffer, 4 * at as u64, bytemuck::cast_slice(words));
    }

    /// Waits for the GPU and brings all numbers back.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn read(&self, gpu: &Gpu) -> Result<Vec<f32>> {
        self.read_part(gpu, 0..self.len)
    }

    /// The same for part of them.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn read_part(&self, gpu: &Gpu, part: Range<usize>) -> Result<Vec<f32>> {
        Ok(bytemuck::cast_vec(self.read_words(gpu, part)?))
    }

    /// The same as whole numbers.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn read_words(&self, gpu: &Gpu, part: Range<usize>) -> Result<Vec<u32>> {
        assert!(part.end <= self.len, "{part:?} beyond {}", self.len);
        if part.is_empty() {
            return Ok(Vec::new());
        }
        gpu.healthy()?;
        let between = match self.between.get() {
            Some(between) => between,
            None => {
                let made = gpu.checked("memory to read back", || {
                    gpu.device.create_buffer(&BufferDescriptor {
                        label: Some("to read back"),
                        size: self.buffer.size(),
                        usage: BufferUsages::COPY_DST | BufferUsages::MAP_READ,
                        mapped_at_creation: false,
                    })
                })?;
                self.between.get_or_init(|| made)
            }
        };
        let (at, bytes) = (4 * part.start as u64, 4 * part.len() as u64);
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(&self.buffer, at, between, 0, bytes);
        gpu.queue.submit([encoder.finish()]);
        let slice = between.slice(..bytes);
        let (tell, answer) = mpsc::channel();
        slice.map_async(MapMode::Read, move |result| {
            let _ = tell.send(result); // whoever asked may have given up
        });
        gpu.wait()?;
        // If another thread waits too, it may be that one that is about to tell.
        let view = match answer.recv_timeout(PATIENCE) {
            Ok(Ok(())) => slice.get_mapped_range()?,
            _ => {
                return Err(Error::new(format!("the GPU {} does not give its memory", gpu.name)));
            }
        };
        let words = bytemuck::pod_collect_to_vec(&view);
        drop(view);
        between.unmap();
        Ok(words)
    }
}
