/// Words that make `vethmark tune` short where a test wants one, and not what it finds: of its settings one is left to try.
enum ShortTune {
    static let words = [
        "-t", "10ms", "--warmup", "0", "--engine", "ring", "--placement", "same-core", "--rounds", "6", "--batch", "32", "--blocks", "64",
        "--block-size", "131072", "--tx-queues", "1", "--rx-queues", "1"
    ]
}
