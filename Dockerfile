FROM node:24-bookworm-slim

ENV NODE_ENV=production NODE_OPTIONS=--disable-warning=ExperimentalWarning
WORKDIR /app

# Needed by the install: it generates the database client and prepares the database that a first start copies.
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma ./prisma
COPY scripts/prepare-database.ts ./scripts/
COPY src/platform ./src/platform
# The optional packages carry a Node for hosts with an older one; this image has the right one.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

COPY . .
RUN mkdir -p data node_modules/.cache/botfactory/code && chown node:node data node_modules/.cache/botfactory/code
USER node
VOLUME /app/data
EXPOSE 5000

# npm would stand between the signals and the app.
CMD ["node", "src/main.ts"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 5000}/readyz`).then((res) => process.exit(res.ok ? 0 : 1), () => process.exit(1))"]
