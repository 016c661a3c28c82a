// Tests of Links.
