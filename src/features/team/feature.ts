import type { AuthApi } from '#features/auth/feature.ts';
import type { DeskFeature } from '#features/desk/feature.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '#web/limits.ts';
import type { Foundation } from '../../foundation.ts';
import { createInvitationsQueries } from './invitations.queries.ts';
import { invitationRoutes } from './invitations.routes.ts';
import { createInvitations } from './invitations.service.ts';
import { createTeamQueries } from './team.queries.ts';
import { teamRoutes } from './team.routes.ts';
import { createTeam } from './team.service.ts';

/** The people of a business: invitations, roles, leaving, and the choice between several businesses. */
export function teamFeature(
  { database, audit, i18n, sendMail, limits, origin }: Foundation,
  { auth, desks }: { auth: AuthApi; desks: DeskFeature['chats'] },
) {
  const queries = createInvitationsQueries({ database });
  const invitations = createInvitations({
    invitations: queries,
    accounts: auth,
    audit,
    i18n,
    sendMail,
    limits: {
      person: limits.limiter('invite-person', { points: 30, durationSeconds: HOUR_SECONDS }),
      tenant: limits.limiter('invite-tenant', { points: 100, durationSeconds: DAY_SECONDS }),
      address: limits.limiter('invite-address', { points: 3, durationSeconds: DAY_SECONDS }),
    },
    origin,
  });
  const team = createTeam({ team: createTeamQueries({ database }), audit, desksChanged: desks.changedElsewhere });
  const { signIn, confirmation } = auth;
  return {
    routes: teamRoutes({ team, invitations, signIn, confirmed: confirmation.confirmed }),
    publicRoutes: invitationRoutes({
      invitations,
      signIn,
      requests: limits.limiter('join', { points: 60, durationSeconds: HOUR_SECONDS }),
    }),
    jobs: { hourly: (now: Date): Promise<void> => queries.removeOldAcrossTenants(now) },
  };
}
