// Original file: proto/claviger/v1/lock_service.proto

export const KeyState = {
  KEY_STATE_UNSPECIFIED: 'KEY_STATE_UNSPECIFIED',
  KEY_STATE_RETIRED: 'KEY_STATE_RETIRED',
  KEY_STATE_CURRENT: 'KEY_STATE_CURRENT',
  KEY_STATE_NEXT: 'KEY_STATE_NEXT',
} as const;

export type KeyState =
  | 'KEY_STATE_UNSPECIFIED'
  | 0
  | 'KEY_STATE_RETIRED'
  | 1
  | 'KEY_STATE_CURRENT'
  | 2
  | 'KEY_STATE_NEXT'
  | 3

export type KeyState__Output = typeof KeyState[keyof typeof KeyState]
