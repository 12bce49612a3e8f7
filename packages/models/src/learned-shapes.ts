import { hasMember, type LayerWith } from '@ds/graph';
import { dispose } from '@tensorflow/tfjs-core';
import type { layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';

/**
 * The shapes that the tensors of a rounded copy have in the model that is copied. Integer strides
 * leave maps of other sizes, and each stride is chosen by the size of the learned map.
 */
export class LearnedShapes {
  private readonly shapes = new Map<SymbolicTensor, Shape>();

  /** The shape of the first output of a layer of the model, for these tensors of the copy. */
  outputOf(layer: layers.Layer, inputs: SymbolicTensor[]): Shape {
    return this.outputsOf(layer, inputs)[0]!;
  }

  /** Stores the shapes of the copy's outputs of a layer, unless they are known. */
  apply(layer: layers.Layer, inputs: SymbolicTensor[], outputs: SymbolicTensor[]): void {
    const shapes = this.outputsOf(layer, inputs);
    outputs.forEach((output, at) => {
      // An identity returns its input.
      if (!inputs.includes(output) && !this.shapes.has(output))
        this.shapes.set(output, shapes[at]!);
    });
  }

  /** Stores the shape of one moment of a sequence [batch, moments, …]. */
  enterWrapper(sequence: SymbolicTensor, moment: SymbolicTensor): void {
    const [batch, , ...rest] = this.of(sequence);
    this.shapes.set(moment, [batch!, ...rest]);
  }

  /** Stores the shape of a sequence of which `moment` is one moment. */
  leaveWrapper(input: SymbolicTensor, moment: SymbolicTensor, output: SymbolicTensor): void {
    const [batch, moments] = this.of(input);
    this.shapes.set(output, [batch!, moments!, ...this.of(moment).slice(1)]);
  }

  /** The shape in the model. Inputs of the copy have their own. */
  private of(tensor: SymbolicTensor): Shape {
    return this.shapes.get(tensor) ?? tensor.shape;
  }

  private outputsOf(layer: layers.Layer, inputs: SymbolicTensor[]): Shape[] {
    const shapes = inputs.map((input) => this.of(input));
    // The sizes that learned strides leave are not static: computeOutputShape has null for them.
    if (hasMember(layer, 'matrices') || hasMember(layer, 'axisMatrices')) {
      return [pooled(layer, shapes)];
    }
    const outputs = layer.computeOutputShape(shapes.length === 1 ? shapes[0]! : shapes);
    return (Array.isArray(outputs[0]) ? outputs : [outputs]) as Shape[];
  }
}

/** The shape that a separable pooling leaves. A second shape is its reference. */
function pooled(
  layer: LayerWith<'matrices'> | LayerWith<'axisMatrices'>,
  [input, reference]: Shape[],
): Shape {
  const isFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const sidesOf = (shape: Shape) => (isFirst ? shape.slice(2) : shape.slice(1, -1)) as number[];
  const sides = outputSides(layer, sidesOf(input!), reference && sidesOf(reference));
  return isFirst ? [input![0]!, input![1]!, ...sides] : [input![0]!, ...sides, input!.at(-1)!];
}

function outputSides(
  layer: LayerWith<'matrices'> | LayerWith<'axisMatrices'>,
  sides: number[],
  reference?: number[],
): number[] {
  if (hasMember(layer, 'matrices')) {
    type Plane = [number, number];
    const { rows, columns, skew } = layer.matrices(sides as Plane, reference as Plane);
    dispose([rows, columns, ...Object.values(skew ?? {})]);
    return [rows.shape[0], columns.shape[0]];
  }
  const axes = layer.axisMatrices(sides);
  // Each is a tree of tensors.
  for (const axis of axes) dispose({ ...axis });
  return axes.map(({ real }) => real.shape[0]);
}
