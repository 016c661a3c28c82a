import Methods
import Testing

/// Which rank a process is, and where the first one is, as engines tell it.
@Suite struct RankRequestTests {
    @Test(arguments: [
        ("0/2", 0, 2), ("1/2", 1, 2), ("2/2", nil, 0), ("1", nil, 0), ("-1/2", nil, 0), ("+1/2", nil, 0), ("1/2/3", nil, 0), ("/2", nil, 0),
        ("0/0", nil, 0)
    ])
    func aRankIsWrittenByItsNumberAndAll(_ text: String, _ rank: Int?, _ ranks: Int) {
        let request = RankRequest(text)
        #expect(request?.rank == rank)
        #expect(request == nil || request?.ranks == ranks)
    }

    struct Engine: Sendable, CustomTestStringConvertible {
        let variables: [String: String]
        /// Nil for what nobody can tell.
        let rank: Int?
        var testDescription: String { "\(variables)" }
    }

    @Test(arguments: [
        Engine(variables: ["SLURM_PROCID": "1", "SLURM_NTASKS": "2", "SLURM_STEP_ID": "0"], rank: 1),
        // A batch script's own process is no task of a step.
        Engine(variables: ["SLURM_PROCID": "0", "SLURM_NTASKS": "2"], rank: nil),
        Engine(variables: ["SLURM_PROCID": "0", "SLURM_NTASKS": "4", "SLURM_STEP_ID": "0"], rank: nil),
        // What Open MPI starts has Slurm's number of its daemon as well.
        Engine(
            variables: [
                "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "SLURM_PROCID": "0", "SLURM_NTASKS": "1", "SLURM_STEP_ID": "0"
            ], rank: 1),
        Engine(variables: ["PMIX_RANK": "0"], rank: 0), Engine(variables: ["PMIX_RANK": "2"], rank: nil),
        Engine(variables: ["JOB_COMPLETION_INDEX": "1"], rank: 1), Engine(variables: ["JOB_COMPLETION_INDEX": "one"], rank: nil),
        Engine(variables: ["SLURM_PROCID": "", "SLURM_NTASKS": "2", "SLURM_STEP_ID": "0"], rank: nil), Engine(variables: [:], rank: nil)
    ])
    func enginesSayWhichRankItIs(_ engine: Engine) {
        let request = Result { () throws(RankRequest.Unclear) in try RankRequest(ranks: 2) { engine.variables[$0] } }
        switch request {
        case .success(let request): #expect(request.rank == engine.rank && request.ranks == 2)
        case .failure(let unclear):
            #expect(engine.rank == nil, "\(unclear)")
            #expect(!unclear.sentence.isEmpty && unclear.remedy?.isEmpty == false && unclear.exitCode == 64)
        }
    }

    /// Of a mesh any number goes, if somebody says it.
    @Test(arguments: [
        (["SLURM_PROCID": "3", "SLURM_NTASKS": "8", "SLURM_STEP_ID": "0"], 3, 8),
        (["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "5"], 0, 5), (["PMIX_RANK": "0"], nil, 0),
        (["JOB_COMPLETION_INDEX": "1"], nil, 0), (["SLURM_PROCID": "8", "SLURM_NTASKS": "8", "SLURM_STEP_ID": "0"], nil, 0),
        (["SLURM_PROCID": "1", "SLURM_STEP_ID": "0"], nil, 0)
    ])
    func enginesSayHowManyThereAre(_ variables: [String: String], _ rank: Int?, _ ranks: Int) {
        switch Result(catching: { () throws(RankRequest.Unclear) in try RankRequest(ranks: nil) { variables[$0] } }) {
        case .success(let request): #expect(request.rank == rank && request.ranks == ranks)
        case .failure(let unclear): #expect(rank == nil && unclear.remedy?.contains("--rank 0/8") == true, "\(unclear)")
        }
    }

    @Test(arguments: [
        ("n1", "n1"), ("n1,n2", "n1"), ("n[1-2]", "n1"), ("n[01-04,7],m1", "n01"), ("m1,n[1-2]", "m1"), ("r[1-2]n[3-4].lab", "r1n3.lab"),
        ("n[1,3]-ib", "n1-ib"), ("r[1-2]n[3,4]-x,m1", "r1n3-x"), ("", nil), ("[", nil), ("n[1", nil), ("n 1", nil)
    ])
    func theFirstOfAList(_ list: String, _ host: String?) { #expect(HostList.first(of: list) == host) }
}
