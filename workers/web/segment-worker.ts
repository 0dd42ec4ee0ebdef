/** The worker of a model in a page. */
import { serve } from '../../src/platform/web/remote.js';
import { segmentMethods } from '../../src/platform/web/segment/served.js';

serve(segmentMethods(), self);
