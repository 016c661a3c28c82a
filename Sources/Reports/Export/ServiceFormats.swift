/// One figure as github-action-benchmark reads it (`customBiggerIsBetter`, `customSmallerIsBetter`).
struct GithubBenchmark: Encodable {
    let name: String
    let unit: String
    let value: Double
    let range: String?
    let extra: String
}

/// One figure as Bencher's metric format has it.
struct BencherMetric: Encodable {
    let value: Double
    let lower_value: Double?
    let upper_value: Double?
}
