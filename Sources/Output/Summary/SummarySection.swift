/// The parts of a summary below its sums.
enum SummarySection: CaseIterable {
  case outcome
  case cause
  case errno
  case batchSize
  case program
  case destination
  case socket
  case losses

  var title: String {
    switch self {
    case .outcome: "OUTCOME"
    case .cause: "CAUSE"
    case .errno: "ERRNO"
    case .batchSize: "BATCH SIZE"
    case .program: "PROGRAM"
    case .destination: "DESTINATION"
    case .socket: "SOCKET"
    case .losses: "LOSSES"
    }
  }

  /// What can be done without where there is little room, first what is missed least.
  static let dispensable: [SummarySection] = [
    .batchSize, .errno, .socket, .cause, .outcome, .losses, .program, .destination,
  ]
}
