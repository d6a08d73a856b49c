"""TensorFlow: compiled steps over Keras layers or plain variables, with oneDNN as shipped."""

import os

import workload

args = workload.arguments()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(args.threads)
tf.config.threading.set_inter_op_parallelism_threads(args.threads)
tf.keras.utils.set_random_seed(args.seed)
random = np.random.default_rng(args.seed)
x_train, t_train = workload.mnist(args.data)
if "conv" in args.workload or args.workload == "article-cnn":
    x_train = x_train.reshape(-1, 28, 28, 1)
x_train, t_train = tf.constant(x_train), tf.constant(t_train)
layers = tf.keras.layers


def normal(*shape):
    return tf.Variable(tf.random.normal(shape))


def by_hand():
    """Parameters, a rate for each, and logits."""
    if args.workload == "perceptron":
        w, b = normal(784, 10), normal(10)
        return [w, b], [0.001] * 2, lambda x: x @ w + b
    wo, bo = normal(576 if args.workload == "article-cnn" else 100, 10), normal(10)
    if args.workload == "hidden-layer":
        wh, bh = normal(784, 100), normal(100)
        return [wh, bh, wo, bo], [0.001] * 4, lambda x: tf.sigmoid(x @ wh + bh) @ wo + bo

    f, bc = normal(5, 5, 1, 1), normal(24, 24, 1)

    def logits(x):
        maps = tf.nn.relu(tf.nn.conv2d(x, f, 1, "VALID") + bc)
        return tf.reshape(maps, (-1, 576)) @ wo + bo

    # The article takes the mean gradient for the filter and its biases, else the sum.
    return [f, bc, wo, bo], [0.01 / 100] * 2 + [0.01] * 2, logits


def convolution(filters):
    return [layers.Conv2D(filters, 5, activation="relu"), layers.MaxPool2D(2)]


def dense(units):
    return [layers.Flatten(), layers.Dense(units, "relu"), layers.Dense(10)]


if args.workload in ("perceptron", "hidden-layer", "article-cnn"):
    parameters, rates, model = by_hand()
    rows = workload.forever(lambda: random.integers(0, len(x_train), 100))

    @tf.function
    def train(i):
        x, t = tf.gather(x_train, i), tf.gather(t_train, i)
        with tf.GradientTape() as tape:
            logits = model(x)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(t, logits)
            loss = tf.reduce_sum(losses)
        for parameter, g, rate in zip(parameters, tape.gradient(loss, parameters), rates):
            parameter.assign_sub(rate * g)
        return loss, tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == t, tf.int32))

else:
    image = layers.Input(x_train.shape[1:])
    model = tf.keras.Sequential(
        {
            "one-convolution": [image, *convolution(30), *dense(100)],
            "two-convolutions": [image, *convolution(20), *convolution(50), *dense(500)],
            "dropout-adam": [
                image,
                layers.Dense(32, "relu"),
                layers.Dropout(0.2),
                layers.Dense(10),
            ],
        }[args.workload]
    )
    optimizer = tf.keras.optimizers.Adam(0.001)
    batch = workload.BATCH.get(args.workload, 100)
    rows = workload.epochs(len(x_train), batch, random.permutation)

    @tf.function(reduce_retracing=True)
    def train(i):
        x, t = tf.gather(x_train, i), tf.gather(t_train, i)
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(t, logits)
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss, tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == t, tf.int32))


def step():
    loss, right = train(tf.constant(next(rows)))
    return float(loss), int(right)


workload.run(args, f"TensorFlow {tf.__version__}", step)
