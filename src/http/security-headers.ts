import type { SecurityHeadersOptions } from '@nestjs/common';

/** The page at /docs needs no other host; it styles itself inline, and is read over plain HTTP too. */
export const securityHeaders: SecurityHeadersOptions = {
  contentSecurityPolicy: {
    directives: { styleSrc: ["'self'", "'unsafe-inline'"], fontSrc: "'self'", upgradeInsecureRequests: null },
  },
};
