FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# All that is written: the data of the service's own PostgreSQL, which runs when DATABASE_URL is not set.
RUN mkdir /data && chown node:node /data
# The command line, for `docker run … stock-allocation keys create …`: since HOST is 0.0.0.0, the service wants a key first.
RUN chmod +x dist/cli.js && ln -s /app/dist/cli.js /usr/local/bin/stock-allocation
VOLUME /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: SIGTERM reaches the service.
CMD ["node", "--max-semi-space-size=32", "--heap-growing-percent=150", "dist/main.js"]
