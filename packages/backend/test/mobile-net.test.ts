import { it } from 'vitest';
import { expectTrainsAsOnCpu } from './mobile-net-training.js';

it('a small MobileNet trains on wasm as on cpu', () => expectTrainsAsOnCpu('wasm'));
