// Original file: proto/claviger/v1/lock_service.proto

import type { ResponseHeader as _claviger_v1_ResponseHeader, ResponseHeader__Output as _claviger_v1_ResponseHeader__Output } from '../../claviger/v1/ResponseHeader.ts';
import type { SessionFacts as _claviger_v1_SessionFacts, SessionFacts__Output as _claviger_v1_SessionFacts__Output } from '../../claviger/v1/SessionFacts.ts';
import type { EndedSession as _claviger_v1_EndedSession, EndedSession__Output as _claviger_v1_EndedSession__Output } from '../../claviger/v1/EndedSession.ts';

export interface ListSessionsResponse {
  'header'?: (_claviger_v1_ResponseHeader | null);
  'sessions'?: (_claviger_v1_SessionFacts)[];
  'more'?: (boolean);
  'ended'?: (_claviger_v1_EndedSession)[];
}

export interface ListSessionsResponse__Output {
  'header': (_claviger_v1_ResponseHeader__Output | null);
  'sessions': (_claviger_v1_SessionFacts__Output)[];
  'more': (boolean);
  'ended': (_claviger_v1_EndedSession__Output)[];
}
