import Analysis
import ArgumentParser
import Glibc
import Records
import Tracing

/// What is to be done, checked: made of the command line once, before anything happens.
struct Configuration {
  /// Empty where nothing is to be launched.
  var command: [ByteString]
  /// Processes to attach to, or threads of them.
  var processes: [Int32]
  var environment: [ByteString]
  var user: UserIdentity?
  var output: OutputSettings
  var settings: Tracer.Settings
  var seccomp: SeccompUse
  /// Read the kernel's own account of calls that fell short.
  var asksKernel: Bool

  /// `command` is empty where only processes that run already are looked at.
  init(_ options: TracingOptions, command: [ByteString], output: OutputSettings) throws {
    self.command = command
    self.output = output
    processes = options.processes
    environment = Self.environment(OwnProcess.environment, changes: options.env.map(\.text))
    if let name = options.user {
      guard let identity = UserIdentity.named(name) else {
        throw ValidationError("--user '\(name)': no such user")
      }
      user = identity
    }
    settings = Tracer.Settings()
    settings.payloadLimit = (options.payload ?? (output.wantsPayload ? .all : .standard)).bytes
    settings.verifies = options.verify
    settings.followsChildren = !options.noFollow
    settings.watchesRetries = options.watchRetries
    settings.colocates = options.colocate
    if settings.colocates, command.isEmpty {
      throw ValidationError("--colocate is for a COMMAND, not for processes that run already")
    }
    settings.exitsWithCommand = options.exitWithCommand
    settings.reopensOutputs = output.includesFile
    settings.maximumCalls = options.calls?.number
    settings.maximumDuration = options.duration?.nanoseconds
    seccomp = options.seccomp ?? .auto
    asksKernel = options.kernelEvidence
  }

  /// What the follow-up has to know of how calls are recorded.
  var followUps: FollowUpTracker.Settings {
    var followUps = FollowUpTracker.Settings()
    followUps.payloadLimit = settings.payloadLimit
    followUps.seesOtherSends = settings.watchesRetries
    followUps.maximumCalls = settings.maximumCalls
    followUps.followsChildren = settings.followsChildren
    followUps.isOpen = { OpenSockets.contain(inode: $0, processes: $1) }
    let outside = OutsideHolders()
    followUps.outsiders = { questions, isTraced, isLast in
      outside.outsiders(
        questions.map { .init(inode: $0.inode, since: $0.since) }, isTraced: isTraced,
        isLast: isLast)
    }
    let relatives = OutsideRelatives()
    followUps.hasRelatives = { relatives.attach(to: $0, isTraced: $1) }
    followUps.relative = { relatives.relative(of: $0, since: $1, isTraced: $2) }
    return followUps
  }

  private static func environment(
    _ inherited: [ByteString], changes: [String]
  ) -> [ByteString] {
    var environment = inherited
    for change in changes {
      let name = Array(change.utf8.prefix { $0 != UInt8(ascii: "=") }) + [UInt8(ascii: "=")]
      environment.removeAll { $0.starts(with: name) }
      if change.utf8.count >= name.count { environment.append(Array(change.utf8)) }
    }
    return environment
  }

  /// True where the sanitizers' options turn the search for leaks off.
  var disablesLeakChecker: Bool {
    environment.contains { variable in
      let text = String(decoding: variable, as: UTF8.self)
      return (text.hasPrefix("LSAN_OPTIONS=") || text.hasPrefix("ASAN_OPTIONS="))
        && text.contains("detect_leaks=0")
    }
  }
}
