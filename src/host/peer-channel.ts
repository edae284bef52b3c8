/** gRPC's options for both ends of a connection between replicas. */
import type { ChannelOptions } from "@grpc/grpc-js"
import { frameBytesMax } from "./peer-codec.ts"

export const channelOptions: ChannelOptions = {
  "grpc.max_receive_message_length": frameBytesMax,
  "grpc.max_send_message_length": frameBytesMax,
  // A cable that was cut says nothing: a replica that answers no ping for two seconds counts as gone and is dialled anew.
  "grpc.keepalive_time_ms": 1_000,
  "grpc.keepalive_timeout_ms": 2_000,
  "grpc.keepalive_permit_without_calls": 1,
  // HTTP/2's default of 64 KiB makes a snapshot crawl.
  "grpc-node.flow_control_window": 4 * 1024 * 1024,
  // Connections between replicas are their own: no sharing, no proxy of the environment, no service configuration in DNS.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_retries": 0,
}
