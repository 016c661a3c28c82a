// Tests of Frames.
