//! Arrays in the GPU's memory: numbers of four bytes each, `f32` or `u32`.

use std::ops::Range;
use std::sync::mpsc;
use std::time::Duration;

use bytemuck::Pod;
use common::{Error, Real, Result};
use ndarray::{ArrayRef, Dimension};
use wgpu::util::DownloadBuffer;
use wgpu::{Buffer, BufferDescriptor, BufferUsages};

use crate::gpu::Gpu;

/// How long another thread may take to pass on that a read has finished.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An array on the GPU: wgpu's buffer, and how many numbers.
#[allow(missing_docs)]
pub struct DeviceArray {
    pub buffer: Buffer,
    pub len: usize,
}

impl Gpu {
    /// An array of `len` zeros. An error names both sizes if that is more than the GPU
    /// allows in one piece.
    pub fn array(&self, name: &str, len: usize) -> Result<DeviceArray> {
        let limits = self.device.limits();
        let most = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        let bytes = (len as u64).saturating_mul(4);
        if bytes > most {
            return Err(Error::new(format!(
                "{name}: {:.0} MB are more than the {:.0} MB that {} allows in one piece; use a \
                 smaller --batch-size",
                len as f64 * 4e-6,
                most as f64 * 1e-6,
                self.name
            )));
        }
        let usage = BufferUsages::STORAGE
            | BufferUsages::COPY_DST
            | BufferUsages::COPY_SRC
            | BufferUsages::QUERY_RESOLVE;
        let (label, size) = (Some(name), bytes.max(4));
        let descriptor = BufferDescriptor { label, size, usage, mapped_at_creation: false };
        let buffer = self.checked(name, || self.device.create_buffer(&descriptor))?;
        Ok(DeviceArray { buffer, len })
    }

    /// An array with `numbers` in it.
    pub fn upload(&self, name: &str, numbers: &[f32]) -> Result<DeviceArray> {
        let array = self.array(name, numbers.len())?;
        array.write(self, 0, numbers);
        Ok(array)
    }
}

impl DeviceArray {
    /// Overwrites the numbers from index `at` on, before the next submission. Panics if
    /// they do not fit.
    pub fn write<T: Pod>(&self, gpu: &Gpu, at: usize, numbers: &[T]) {
        let bytes: &[u8] = bytemuck::cast_slice(numbers);
        assert!(4 * at + bytes.len() <= 4 * self.len, "{} from {at} on", numbers.len());
        gpu.queue.write_buffer(&self.buffer, 4 * at as u64, bytes);
    }

    /// All numbers. Waits for the GPU.
    pub fn read(&self, gpu: &Gpu) -> Result<Vec<f32>> {
        self.read_range(gpu, 0..self.len)
    }

    /// Part of the numbers, as `f32` or `u32`. Waits for the GPU. Panics if there are
    /// fewer.
    pub fn read_range<T: Pod>(&self, gpu: &Gpu, range: Range<usize>) -> Result<Vec<T>> {
        assert!(range.end <= self.len, "{range:?} beyond {}", self.len);
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let part = self.buffer.slice(4 * range.start as u64..4 * range.end as u64);
        let (sender, receiver) = mpsc::channel();
        // The receiver may be gone after a timeout.
        let send = move |result| _ = sender.send(result);
        // By way of memory that the processor can read: it cannot read the GPU's.
        gpu.checked("memory to read back", || {
            DownloadBuffer::read_buffer(&gpu.device, &gpu.queue, &part, send);
        })?;
        gpu.wait()?;
        // If another thread waits too, it may be the one that calls `send`.
        let Ok(Ok(bytes)) = receiver.recv_timeout(TIMEOUT) else {
            return Err(Error::new(format!("the GPU {} does not give its memory", gpu.name)));
        };
        Ok(bytemuck::pod_collect_to_vec(&bytes))
    }
}

/// The numbers of an array, row by row, in the GPU's 32 bits.
pub fn to_f32<F: Real, D: Dimension>(a: &ArrayRef<F, D>) -> Vec<f32> {
    let narrow = |v: &F| Into::<f64>::into(*v) as f32;
    match a.as_slice() {
        Some(slice) => slice.iter().map(narrow).collect(), // a loop that vectorises
        None => a.iter().map(narrow).collect(),
    }
}
