// Original file: proto/claviger/v1/lock_service.proto

export const CreateRule = {
  CREATE_RULE_UNSPECIFIED: 'CREATE_RULE_UNSPECIFIED',
  CREATE_RULE_MUST_EXIST: 'CREATE_RULE_MUST_EXIST',
  CREATE_RULE_MAY_CREATE: 'CREATE_RULE_MAY_CREATE',
  CREATE_RULE_MUST_CREATE: 'CREATE_RULE_MUST_CREATE',
} as const;

export type CreateRule =
  | 'CREATE_RULE_UNSPECIFIED'
  | 0
  | 'CREATE_RULE_MUST_EXIST'
  | 1
  | 'CREATE_RULE_MAY_CREATE'
  | 2
  | 'CREATE_RULE_MUST_CREATE'
  | 3

export type CreateRule__Output = typeof CreateRule[keyof typeof CreateRule]
