//! Kernels: compiled, given their arrays, and submitted.

use std::sync::PoisonError;

use common::{Error, Result};
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, ComputePassDescriptor,
    ComputePassTimestampWrites, ComputePipeline, ComputePipelineDescriptor,
    PipelineCompilationOptions, ShaderModuleDescriptor, ShaderSource,
};

use crate::array::DeviceArray;
use crate::gpu::Gpu;

/// The values of the `override` lines of a kernel. The driver compiles them as
/// constants, so a division by the width of an image becomes a multiplication, and a
/// loop over the taps of a filter can be unrolled.
pub type Constants = [(&'static str, usize)];

/// The source of a kernel: the name of its file, without `.wgsl`; and its text, after the
/// texts that it builds on, since WGSL has no `include`. Each kernel writes to a single
/// array: wgpu sets a barrier between two dispatches for each array that the first has
/// written.
pub struct Kernel<'a>(pub &'static str, pub &'a [&'a str]);

/// A compiled kernel with its arrays and its number of workgroups.
pub struct Dispatch {
    name: &'static str,
    pipeline: ComputePipeline,
    arrays: BindGroup,
    /// Workgroups along x, y and z.
    pub groups: [usize; 3],
}

impl Kernel<'_> {
    /// The kernel on `arrays`, in the order of its bindings, with `groups` workgroups. A
    /// kernel that does not compile, or has other arrays, is an error.
    pub fn dispatch(
        &self,
        gpu: &Gpu,
        constants: &Constants,
        arrays: &[&DeviceArray],
        groups: [usize; 3],
    ) -> Result<Dispatch> {
        let pipeline = self.pipeline(gpu, constants)?;
        let entries = (0..).zip(arrays).map(|(binding, array)| {
            let resource = array.buffer.as_entire_binding();
            BindGroupEntry { binding, resource }
        });
        let entries: Vec<BindGroupEntry> = entries.collect();
        let what = format!("kernels/{}.wgsl does not take {} arrays", self.0, arrays.len());
        let arrays = gpu.checked(&what, || {
            gpu.device.create_bind_group(&BindGroupDescriptor {
                label: Some(self.0),
                layout: &pipeline.get_bind_group_layout(0),
                entries: &entries,
            })
        })?;
        Ok(Dispatch { name: self.0, pipeline, arrays, groups })
    }

    /// Compiles the kernel, or finds it among those compiled before.
    fn pipeline(&self, gpu: &Gpu, constants: &Constants) -> Result<ComputePipeline> {
        let key = format!("{} {constants:?}", self.0);
        let mut pipelines = gpu.pipelines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipeline) = pipelines.get(&key) {
            return Ok(pipeline.clone());
        }
        let constants: Vec<(&str, f64)> = constants.iter().map(|&(k, v)| (k, v as f64)).collect();
        let compile = || {
            let module = gpu.device.create_shader_module(ShaderModuleDescriptor {
                label: Some(self.0),
                source: ShaderSource::Wgsl(self.1.join("\n").into()),
            });
            gpu.device.create_compute_pipeline(&ComputePipelineDescriptor {
                label: Some(self.0),
                layout: None, // derived from the bindings that the kernel uses
                module: &module,
                entry_point: Some("main"),
                compilation_options: PipelineCompilationOptions {
                    constants: &constants,
                    // Every kernel writes workgroup memory before it reads it.
                    zero_initialize_workgroup_memory: false,
                },
                cache: None,
            })
        };
        let pipeline = gpu
            .checked(&format!("kernels/{}.wgsl does not compile", self.0), compile)
            .map_err(|error| Error::new(format!("{error} (on {})", gpu.name)))?;
        Ok(pipelines.entry(key).or_insert(pipeline).clone())
    }
}

impl Gpu {
    /// Submits `dispatches`, to run one after the other, and does not wait.
    pub fn submit<'a>(&self, dispatches: impl IntoIterator<Item = &'a Dispatch>) -> Result {
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let timestamps = self.timestamps.as_ref().map(|query_set| ComputePassTimestampWrites {
            query_set,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        });
        let most = self.device.limits().max_compute_workgroups_per_dimension;
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
            label: Some("all dispatches"),
            timestamp_writes: timestamps,
        });
        for Dispatch { name, pipeline, arrays, groups } in dispatches {
            if groups.iter().any(|&count| count > most as usize) {
                return Err(Error::new(format!(
                    "{name}: {groups:?} workgroups are more than the {most} that {} counts along \
                     an axis; use a smaller --batch-size",
                    self.name
                )));
            }
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, arrays, &[]);
            let [x, y, z] = groups.map(|count| count as u32);
            pass.dispatch_workgroups(x, y, z);
        }
        drop(pass);
        self.queue.submit([encoder.finish()]);
        self.healthy()
    }
}

/// How many workgroups of `threads` make a thread for each of `count` numbers: in
/// rows of at most 32,768, since a GPU need not allow more than 65,535 along an axis.
pub fn groups_for(count: usize, threads: usize) -> [usize; 3] {
    let groups = count.div_ceil(threads);
    let across = groups.clamp(1, 1 << 15);
    [across, groups.div_ceil(across), 1]
}
