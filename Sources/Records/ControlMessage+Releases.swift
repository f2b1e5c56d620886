extension ControlMessage {
  /// The release of Linux before which the kernel refuses the type as unknown; nil where it has
  /// been known for longer than anyone asks (kernel.md §4, "since").
  package var knownSince: KernelRelease? { Self.releases[level]?[type] }

  private static let releases: [Int32: [Int32: KernelRelease]] = [
    // SOL_SOCKET: SO_PRIORITY, SCM_DEVMEM_DMABUF, SCM_TS_OPT_ID
    1: [12: KernelRelease(6, 14), 79: KernelRelease(6, 16), 81: KernelRelease(6, 13)],
    // SOL_IP: IP_PROTOCOL
    0: [52: KernelRelease(6, 4)],
    // SOL_RXRPC: RXRPC_OOB_ID, RXRPC_RESPOND, RXRPC_RESP_RXGK_APPDATA
    272: [15: KernelRelease(6, 16), 17: KernelRelease(6, 16), 19: KernelRelease(6, 16)],
  ]
}
