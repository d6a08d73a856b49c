//! A kernel: a file of WGSL, compiled for this GPU and for one shape.

use std::sync::Arc;

use common::{Error, Result};
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindGroupLayoutDescriptor,
    BindGroupLayoutEntry, BindingType, BufferBindingType, ComputePipeline,
    ComputePipelineDescriptor, PipelineCompilationOptions, PipelineLayoutDescriptor,
    ShaderModuleDescriptor, ShaderSource, ShaderStages,
};

use crate::array::DeviceArray;
use crate::gpu::{Dispatch, Gpu};

/// What the `override` lines of a kernel are to be. They are constants when the
/// driver compiles, so a division by the width of an image becomes a
/// multiplication, and a loop over the taps of a filter can be unrolled.
pub type Constants = [(&'static str, usize)];

/// The text of a kernel.
pub struct Source {
    /// The name of its file, without `.wgsl`.
    pub name: &'static str,
    /// Its text, with those of the files it builds on in front.
    pub files: &'static [&'static str],
    /// How many arrays it is given. It writes to the last alone: wgpu sets a
    /// barrier between two dispatches for each array that the first has written.
    pub arrays: usize,
}

/// A kernel that is ready to run.
pub struct Kernel {
    /// The name of its file, without `.wgsl`.
    pub name: &'static str,
    pub(crate) pipeline: ComputePipeline,
    layout: BindGroupLayout,
    arrays: usize,
}

impl Kernel {
    /// # Errors
    /// If it does not compile, with the compiler's words.
    pub(crate) fn compile(gpu: &Gpu, source: &Source, constants: &Constants) -> Result<Kernel> {
        let Source { name, files, arrays } = *source;
        let constants: Vec<(&str, f64)> = constants.iter().map(|&(k, v)| (k, v as f64)).collect();
        let entry = |binding: usize| BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: ShaderStages::COMPUTE,
            ty: BindingType::Buffer {
                ty: BufferBindingType::Storage { read_only: binding + 1 < arrays },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let entries: Vec<BindGroupLayoutEntry> = (0..arrays).map(entry).collect();
        let (pipeline, layout) = gpu
            .checked(&format!("kernels/{name}.wgsl does not compile"), || {
                let device = &gpu.device;
                let module = device.create_shader_module(ShaderModuleDescriptor {
                    label: Some(name),
                    source: ShaderSource::Wgsl(files.join("\n").into()),
                });
                let layout = device.create_bind_group_layout(&BindGroupLayoutDescriptor {
                    label: Some(name),
                    entries: &entries,
                });
                let pipeline = device.create_compute_pipeline(&ComputePipelineDescriptor {
                    label: Some(name),
                    layout: Some(&device.create_pipeline_layout(&PipelineLayoutDescriptor {
                        label: Some(name),
                        bind_group_layouts: &[Some(&layout)],
                        immediate_size: 0,
                    })),
                    module: &module,
                    entry_point: Some("main"),
                    compilation_options: PipelineCompilationOptions {
                        constants: &constants,
                        // Every kernel writes what it reads there.
                        zero_initialize_workgroup_memory: false,
                    },
                    cache: None,
                });
                (pipeline, layout)
            })
            .map_err(|error| Error::new(format!("{error} (on {})", gpu.name)))?;
        Ok(Kernel { name, pipeline, layout, arrays })
    }

    /// The kernel with its arrays: those that it reads, in the order of its file,
    /// and last the one that it writes; for `groups` workgroups.
    ///
    /// # Panics
    /// If they are not as many as the kernel has.
    pub fn on(
        self: &Arc<Kernel>,
        gpu: &Gpu,
        arrays: &[&DeviceArray],
        groups: [usize; 3],
    ) -> Dispatch {
        assert!(
            arrays.len() == self.arrays,
            "kernel {}: {} arrays, not {}",
            self.name,
            arrays.len(),
            self.arrays
        );
        let entries = arrays.iter().enumerate().map(|(binding, array)| BindGroupEntry {
            binding: binding as u32,
            resource: array.buffer.as_entire_binding(),
        });
        let arrays = gpu.device.create_bind_group(&BindGroupDescriptor {
            label: Some(self.name),
            layout: &self.layout,
            entries: &entries.collect::<Vec<_>>(),
        });
        Dispatch { kernel: Arc::clone(self), arrays, groups }
    }
}

/// How many workgroups of `threads` make a thread for each of `count` numbers: in
/// rows of at most 32,768, since no GPU must count beyond 65,535 along an axis.
pub fn groups_for(count: usize, threads: usize) -> [usize; 3] {
    let groups = count.div_ceil(threads);
    let across = groups.clamp(1, 1 << 15);
    [across, groups.div_ceil(across), 1]
}

/// How many workgroups make a product of `rows` and `columns` in tiles of 64 by 64,
/// the sum cut into `slices`.
pub fn tiles_for(rows: usize, columns: usize, slices: usize) -> [usize; 3] {
    [columns.div_ceil(TILE), rows.div_ceil(TILE), slices]
}

/// Rows and columns of a tile, as `tile.wgsl` has it.
pub const TILE: usize = 64;
