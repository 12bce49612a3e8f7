import * as graph from '@ds/graph';
import { DiffStride } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { callback, type Kind, list, optional, tensor, text } from './kinds.js';
import { model, noModel } from './models-at-hand.js';
import type { Call, Table } from './trial.js';

const layer = () => tf.layers.dense({ units: 1, inputShape: [2] });
/** A class that changes nothing: it is registered as it is already. */
const layerClass = () => DiffStride;
const noLayer: Kind = noModel;
const projection = () => ({ apply: (value: tf.Tensor) => tf.relu(value) });

const around = (as: string, call: Call['call'], name: string): Call[] => [
  { as, call, good: () => [layer(), () => 1], args: { layer: noLayer, [name]: callback() } },
];

/** The calls of `@ds/graph`. */
export const graphTables: Record<string, Table> = {
  '@ds/graph': {
    layersOf: [
      { as: 'layersOf', call: graph.layersOf, good: () => [model()], args: { model: noModel } },
      {
        as: 'layersOf',
        call: (_model: never, op: never) => graph.layersOf(model(), op),
        good: () => [model(), 'layersOf'],
        args: { model: [], op: text().filter(({ what }) => what !== 'undefined') },
      },
    ],
    registerLayer: [
      {
        as: 'registerLayer',
        call: graph.registerLayer,
        good: () => [layerClass(), 'Old'],
        args: { layerClass: callback(), oldName: text() },
      },
      {
        as: 'registerLayer',
        call: graph.registerLayer,
        good: () => [layerClass(), 'Old'],
        args: {
          layerClass: [{ what: 'a class without a package', make: () => tf.layers.Layer }],
        },
      },
    ],
    plainClassName: [
      {
        as: 'plainClassName',
        call: graph.plainClassName,
        good: () => [layer()],
        args: { layer: noLayer },
      },
    ],
    plainName: [
      { as: 'plainName', call: graph.plainName, good: () => [layer()], args: { layer: noLayer } },
    ],
    layersWith: [
      {
        as: 'layersWith',
        call: graph.layersWith,
        good: () => [model(), 'draws'],
        args: { model: noModel },
      },
      {
        as: 'hasMember',
        call: (member: never) => graph.layersWith(model(), member),
        good: () => ['draws'],
        args: { member: text() },
      },
    ],
    hasMember: [
      {
        as: 'hasMember',
        call: graph.hasMember,
        good: () => [layer(), 'draws'],
        args: { layer: noLayer, member: text() },
      },
    ],
    HostCopy: [
      {
        as: 'HostCopy',
        call: (weight: never) => new graph.HostCopy(weight),
        good: () => [() => null],
        args: { weight: callback() },
      },
    ],
    readHostCopies: [
      {
        as: 'readHostCopies',
        call: graph.readHostCopies,
        good: () => [model()],
        args: { model: noModel },
      },
    ],
    releaseHostCopies: [
      {
        as: 'releaseHostCopies',
        call: graph.releaseHostCopies,
        good: () => [model()],
        args: { model: noModel },
      },
    ],
    isModel: [
      {
        as: 'isModel',
        call: graph.isModel,
        good: () => [layer()],
        args: { layer: noLayer.filter(({ what }) => what !== '{}') },
      },
    ],
    innerLayers: [
      {
        as: 'innerLayers',
        call: graph.innerLayers,
        good: () => [layer()],
        args: { layer: noLayer },
      },
    ],
    watchLayers: [
      {
        as: 'watchLayers',
        call: graph.watchLayers,
        good: () => [model(), () => 1, () => {}],
        args: { model: noModel, run: callback(), see: callback() },
      },
    ],
    evaluateGraph: [
      {
        as: 'evaluateGraph',
        call: graph.evaluateGraph,
        good: () => [model(), ['x'], (node: graph.GraphNode) => node.outputTensors],
        args: { model: noModel, inputs: list(), ofNode: callback() },
      },
    ],
    nodeOf: [
      {
        as: 'nodeOf',
        call: graph.nodeOf,
        good: () => [model().outputs[0]],
        args: { tensor: [...noModel, { what: 'a plain tensor', make: () => tf.ones([1]) }] },
      },
    ],
    nodesOf: [
      { as: 'nodesOf', call: graph.nodesOf, good: () => [model()], args: { model: noModel } },
    ],
    weightsOf: [
      { as: 'weightsOf', call: graph.weightsOf, good: () => [model()], args: { model: noModel } },
    ],
    projectWeight: [
      {
        as: 'projectWeight',
        call: graph.projectWeight,
        good: () => [model().weights[0], projection()],
        args: {
          weight: noModel,
          projection: [...noModel, { what: 'an apply that is none', make: () => ({ apply: 3 }) }],
        },
      },
    ],
    isIdentityMatrix: [
      {
        as: 'isIdentityMatrix',
        call: graph.isIdentityMatrix,
        good: () => [tf.eye(2)],
        args: { matrix: tensor() },
      },
    ],
    // It answers for any value.
    isLayer: [],
    matricesOf: [
      {
        as: 'matricesOf',
        call: (made: never) =>
          graph.matricesOf('matricesOf', Object.assign(layer(), { matrices: () => made }), [2, 2]),
        good: () => [{ rows: tf.eye(2), columns: tf.eye(2) }],
        args: { matrices: noModel },
      },
    ],
    inputShapesOf: [
      {
        as: 'inputShapesOf',
        call: (model: never, inputShape: never) =>
          graph.inputShapesOf('inputShapesOf', model, inputShape),
        good: () => [model(), [4, 6, 2]],
        args: { model: noModel, inputShape: optional(list()) },
      },
    ],
    UniqueNames: [
      {
        as: 'UniqueNames',
        call: (separator: never) => new graph.UniqueNames(separator),
        good: () => ['_'],
        args: { separator: text() },
      },
      {
        as: 'UniqueNames.free',
        call: (name: never) => new graph.UniqueNames('_').free(name),
        good: () => ['a'],
        args: { name: text() },
      },
    ],
    applyInOneModel: around('applyInOneModel', graph.applyInOneModel, 'apply'),
    disposeByGraph: around('disposeByGraph', graph.disposeByGraph, 'dispose'),
  },
};
