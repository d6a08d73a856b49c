//! Equal before timed: the gradient of a 2x2 max pool goes to the largest of the four.

use burn::nn::pool::MaxPool2dConfig;
use burn::tensor::{Device, Tensor as BurnTensor};
use candle_core::{Result, Tensor, Var};

const X: [f32; 4] = [1.0, 2.0, 3.0, 4.0];

#[test]
fn burn_passes_it_whole() {
    let device = Device::flex().autodiff();
    let x = BurnTensor::<1>::from_data(X, &device).reshape([1, 1, 2, 2]).require_grad();
    let pool = MaxPool2dConfig::new([2, 2]).init();
    let grads = pool.forward(x.clone()).sum().backward();
    let dx = x.grad(&grads).expect("a gradient").into_data().try_to_vec::<f32>().expect("f32");
    assert_eq!(dx, [0.0, 0.0, 0.0, 1.0]);
}

/// A fault of candle 0.11.1, which docs/speed.md tells. Adam learns all the same, since it
/// divides a gradient by its size.
#[test]
fn candle_passes_a_quarter() -> Result<()> {
    let x = Var::from_tensor(&Tensor::new(&X, &candle_core::Device::Cpu)?.reshape((1, 1, 2, 2))?)?;
    let grads = x.max_pool2d(2)?.sum_all()?.backward()?;
    let dx = grads.get(&x).expect("a gradient").flatten_all()?.to_vec1::<f32>()?;
    assert_eq!(dx, [0.0, 0.0, 0.0, 0.25]);
    Ok(())
}
