import Fastify from 'fastify';

/** The limit of an append: the same body in, the same body out, nothing done. */
const fastify = Fastify();
fastify.post('/', (request, reply) => reply.send(request.body));
void fastify.listen({ port: 0, host: '127.0.0.1' }).then((url) => console.log(`listening on ${url}`));
