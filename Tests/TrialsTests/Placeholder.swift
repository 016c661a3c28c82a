// Tests of Trials.
