import { lacksChromium } from '@ds/testing/chromium';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeBetweenPanel } from './panels/between-panel.js';
import { describeCameraView } from './panels/camera-view.js';
import { describeDevicePanel } from './panels/device-panel.js';
import { describeHearPanel } from './panels/hear-panel.js';
import { describeLeadFigure } from './panels/lead-figure.js';
import { describeLearnPanel } from './panels/learn-panel.js';
import { describePictureSource } from './panels/picture-source.js';
import { describePoolPanel } from './panels/pool-panel.js';
import { describeSeePanel } from './panels/see-panel.js';
import { describeShiftPanel } from './panels/shift-panel.js';
import { describeSizesPanel } from './panels/sizes-panel.js';
import { describeSpansPanel } from './panels/spans-panel.js';
import { describeWorkPanel } from './panels/work-panel.js';
import { SharedPage } from './shared-page.js';

// One file, since a browser and the page take seconds to start. The panels share nothing else.
describe.skipIf(lacksChromium)('the panels', () => {
  const shared = new SharedPage();
  beforeAll(() => shared.launch(['--disable-gpu', '--use-fake-device-for-media-stream']));
  afterAll(() => shared.close());

  describePoolPanel(shared);
  describeLeadFigure(shared);
  describePictureSource(shared);
  describeCameraView(shared);
  describeBetweenPanel(shared);
  describeLearnPanel(shared);
  describeWorkPanel(shared);
  describeShiftPanel(shared);
  describeHearPanel(shared);
  describeSeePanel(shared);
  describeSpansPanel(shared);
  describeSizesPanel(shared);
  describeDevicePanel(shared);
});
