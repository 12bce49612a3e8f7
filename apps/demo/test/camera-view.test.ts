import type { VNode } from 'preact';
import { afterEach, expect, it, vi } from 'vitest';
import { CameraView } from '../src/ui/camera-view.js';

// Only the button is used here. The browser shows the rest.
vi.mock('preact/hooks', () => ({ useEffect: () => {}, useRef: () => ({ current: {} }) }));
afterEach(() => vi.unstubAllGlobals());

/** Presses "Take it". */
function take(onShot: () => void, onError: () => void, onClose: () => void): Promise<void> {
  const stream = {} as MediaStream;
  const view = CameraView({ stream, onShot, onError, onClose }) as VNode<{ children: unknown }>;
  const [, button] = view.props.children as [unknown, VNode<{ onClick: () => Promise<void> }>];
  return button.props.onClick();
}

it('blames the camera only for a picture that it does not have', async () => {
  const [onError, onClose] = [vi.fn(), vi.fn()];
  vi.stubGlobal('createImageBitmap', async () => ({}));
  const fail = () => {
    throw new Error('the panel failed');
  };
  await expect(take(fail, onError, onClose)).rejects.toThrow('the panel failed');
  expect(onError).not.toHaveBeenCalled();
  vi.stubGlobal('createImageBitmap', async () => {
    throw new Error('no frame');
  });
  await take(fail, onError, onClose);
  expect(onError).toHaveBeenCalledWith(
    'The camera shows no picture yet. Wait a moment, then take it.',
  );
  expect(onClose).not.toHaveBeenCalled();
});
